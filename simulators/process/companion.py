"""Names of OPC UA companion models under which a cell's nodes are browsed (domain.md 6.3).

The bridge reads by node id, which never changes; a stranger's client that browses finds the names it knows. A door is
our own boolean: LADS' `CoverState` is an enumeration of eight states that a contact cannot tell.
"""

from __future__ import annotations

from typing import Final

PACKML: Final = "http://opcfoundation.org/UA/PackML/"
LADS: Final = "http://opcfoundation.org/UA/LADS/"
MACHINERY: Final = "http://opcfoundation.org/UA/Machinery/"

SIGNAL_NAMES: Final[dict[str, tuple[str, str]]] = {
    "Status/UnitModeCurrent": (PACKML, "UnitModeCurrent"),
    "Admin/ProdProcessedCount": (PACKML, "ProdProcessedCount"),
    "Admin/ProdDefectiveCount": (PACKML, "ProdDefectiveCount"),
    "Temperature/Air": (LADS, "CurrentValue"),  # AnalogControlFunctionType: what the thermostat controls
    "Temperature/SetPoint": (LADS, "TargetValue"),
    "Temperature/Load": (LADS, "SensorValue"),  # AnalogScalarSensorFunctionType
    "Temperature/Core": (LADS, "SensorValue"),
}
"""Metric -> (namespace, browse name); a metric that is not named here keeps its own name in our namespace."""

IDENTIFICATION: Final = ("ProductInstanceUri", "Location")
"""MachineIdentificationType: the mandatory URI of the instance, and where it stands."""
