"""The stock board over one million bags; see `benchmarks.years`."""

from benchmarks.years import stock as measure

__all__ = ["measure"]
