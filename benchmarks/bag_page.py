"""A bag's whole page among one million bags; see `benchmarks.years`."""

from benchmarks.years import bag_page as measure

__all__ = ["measure"]
