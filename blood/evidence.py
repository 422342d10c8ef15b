"""Who says so: the source of a number or rule and how sure that is. Every figure of a profile carries one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

STATUSES: Final = ("V", "S", "unverified")
"""V: the passage was read; S: a secondary source says so; unverified: to be confirmed by the site before use."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who says so, and how sure that is: one of `STATUSES`."""

    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value with its evidence."""

    value: T
    evidence: Evidence
