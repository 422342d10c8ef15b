"""The parts of a Sparkplug B payload as plain data (Sparkplug 3.0, chapter 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

EPOCH_METRIC: Final = "hv/epoch"
OFFSET_METRIC: Final = "hv/offset"
FIRST_METRIC: Final = "hv/first"
BDSEQ_METRIC: Final = "bdSeq"
REBIRTH_METRIC: Final = "Node Control/Rebirth"
QUALITY_PROPERTY: Final = "Quality"
UNIT_PROPERTY: Final = "engUnit"


class SparkplugError(ValueError):
    """Bytes that are not a Sparkplug B payload, or a payload that cannot be written."""


class DataType(IntEnum):
    """Scalar datatypes (tck-id-payloads-metric-datatype-value)."""

    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    BYTES = 17


class Quality(IntEnum):
    """How far a value can be trusted. Sparkplug knows 0, 192, 500; UNCERTAIN travels as BAD with `hv/quality` = 64."""

    BAD = 0
    UNCERTAIN = 64
    GOOD = 192
    STALE = 500

    @property
    def code(self) -> int:
        """The quality in a uint8 column: itself, and 2 for STALE."""
        return 2 if self is Quality.STALE else int(self)

    @classmethod
    def of_code(cls, code: int) -> Quality:
        """The quality of a uint8 column's code; raises ValueError for an unknown one."""
        return cls.STALE if code == cls.STALE.code else cls(code)


Value = int | float | bool | str | bytes | None


@dataclass(frozen=True, slots=True)
class Property:
    """One typed entry of a metric's property set; a value of None is null."""

    datatype: DataType | None
    value: Value


@dataclass(frozen=True, slots=True)
class Metric:
    """A value with its time (ms since 1970, UTC). Without a datatype, integers are read unsigned: see `interpret`."""

    name: str | None = None
    alias: int | None = None
    timestamp: int | None = None
    datatype: DataType | None = None
    value: Value = None
    is_historical: bool = False
    is_transient: bool = False
    is_null: bool = False
    quality: Quality = Quality.GOOD
    properties: Mapping[str, Property] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payload:
    """A whole message. NDEATH, NCMD and DCMD have no `seq`."""

    timestamp: int | None = None
    metrics: tuple[Metric, ...] = ()
    seq: int | None = None
    uuid: str | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A metric that a device will report: its name, datatype and unit (UCUM code or empty)."""

    name: str
    datatype: DataType
    unit: str = ""


_SIGNED_BITS: Final = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}


def interpret(value: Value, datatype: DataType) -> Value:
    """A raw value of a metric whose datatype was named in its birth: signed integers get their sign."""
    bits = _SIGNED_BITS.get(datatype)
    if bits is None or not isinstance(value, int) or isinstance(value, bool):
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value
