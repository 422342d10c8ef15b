"""A recall of a donor with a hundred donations among one million bags; see `benchmarks.years`."""

from benchmarks.years import recall as measure

__all__ = ["measure"]
