"""The one schema that all features add their tables to, and the form of instants in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Integer, MetaData

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

WHOLE: Final = BigInteger().with_variant(Integer(), "sqlite")
"""The type of a whole number without a bound (entry numbers, ids that the database gives): SQLite's INTEGER is that."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_us(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant; raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at!r}")
    return (at - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The UTC instant of a `*_us` column."""
    return _EPOCH + timedelta(microseconds=microseconds)


def from_us_or_none(microseconds: int | None) -> datetime | None:
    """The UTC instant of a nullable `*_us` column."""
    return None if microseconds is None else from_us(microseconds)


def instant(name: str, *, nullable: bool = False, **options: Any) -> Column[int]:
    """A column of microseconds since 1970; by convention ``name`` ends in ``_us`` (and ``_real_us`` for real time)."""
    if not name.endswith("_us"):
        raise ValueError(f"an instant column ends in _us: {name}")
    return Column(name, BigInteger, nullable=nullable, **options)
