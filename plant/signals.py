"""Signals of each kind of machine: the one list that OPC UA servers expose, the bridge reads and the screens name.

Names follow PackML (OPC 30050), LADS (OPC 30500-1) and Machinery (OPC 40001) where they have one; domain.md 6.3.
The OPC UA node id of a signal is the string `{device}/{metric}` in namespace `urn:hemovault:plant`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from plant.model import DeviceKind

NAMESPACE: Final = "urn:hemovault:plant"


class SignalType(StrEnum):
    """Data type of a signal on every wire."""

    DOUBLE = "double"
    BOOLEAN = "boolean"
    INT = "int"
    STRING = "string"


@dataclass(frozen=True, slots=True)
class Signal:
    """One readable value of a device; `unit` is a UCUM code or empty."""

    metric: str
    type: SignalType
    unit: str = ""


LOGGER_METRIC: Final = "Temperature/Air"
"""What the logger of a transport box measures."""
_CHAMBER: Final = (
    Signal("Temperature/Air", SignalType.DOUBLE, "Cel"),
    Signal("Temperature/Load", SignalType.DOUBLE, "Cel"),
    Signal("Temperature/SetPoint", SignalType.DOUBLE, "Cel"),
    Signal("Door/Open", SignalType.BOOLEAN),
    Signal("Compressor/Running", SignalType.BOOLEAN),
    Signal("Power/Mains", SignalType.BOOLEAN),
)
_DEFROSTED: Final = (*_CHAMBER, Signal("Defrost/Active", SignalType.BOOLEAN))
_PACKML: Final = (
    Signal("Status/StateCurrent", SignalType.STRING),  # PackML state name: the numbers differ between models
    Signal("Status/UnitModeCurrent", SignalType.STRING),
    Signal("Status/JobCurrent", SignalType.STRING),
    Signal("Admin/ProdProcessedCount", SignalType.INT),
    Signal("Admin/ProdDefectiveCount", SignalType.INT),
)
_CARRIER: Final = (
    Signal("Carrier/Place", SignalType.STRING),  # where it stands, or the place it is driving to
    Signal("Carrier/Load", SignalType.INT),  # bags on it
)
_SIGNALS: Final[dict[DeviceKind, tuple[Signal, ...]]] = {
    DeviceKind.COLD_ROOM: _DEFROSTED,
    DeviceKind.PLATELET_INCUBATOR: (*_CHAMBER, Signal("Agitator/Running", SignalType.BOOLEAN)),
    DeviceKind.PLASMA_FREEZER: _DEFROSTED,
    DeviceKind.ULTRA_FREEZER: _CHAMBER,
    DeviceKind.PREP_ROBOT: _PACKML,
    DeviceKind.QUICK_FREEZER: (
        *_PACKML,
        Signal("Temperature/Air", SignalType.DOUBLE, "Cel"),
        Signal("Temperature/Core", SignalType.DOUBLE, "Cel"),
    ),
    DeviceKind.LABEL_CELL: _PACKML,
    DeviceKind.CRANE: (*_PACKML, *_CARRIER),
    DeviceKind.CONVEYOR: (*_PACKML, *_CARRIER),
    DeviceKind.DIVERTER: (*_PACKML, *_CARRIER),
    DeviceKind.AMR: (*_PACKML, *_CARRIER, Signal("Battery/Level", SignalType.DOUBLE, "%")),
    DeviceKind.PACK_STATION: _PACKML,
    DeviceKind.GATE: (*_PACKML, Signal("Diverter/Position", SignalType.STRING)),  # "reject" at rest, or a lane's path
    DeviceKind.DISPATCH_LOCK: (Signal("Lock/State", SignalType.STRING),),  # "shut" at rest, or "open"
    DeviceKind.BOX: (Signal(LOGGER_METRIC, SignalType.DOUBLE, "Cel"),),
}


def signals_of(kind: DeviceKind) -> tuple[Signal, ...]:
    """Signals of a kind of machine, in the order in which servers expose them."""
    return _SIGNALS[kind]
