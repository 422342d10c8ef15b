"""What a version of an envelope's limits says, and whether it makes sense. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import msgspec

from plant.model import Envelope, Plant, Probe, ProbeKind
from telemetry.limits import Timing
from wms.errors import Invalid

LOAD_DELAY_MOST_S: Final = 120
"""A probe in liquid is slow enough by itself (domain.md 2.1: 0 to 2 minutes)."""
AIR_DELAY_MOST_S: Final = 30 * 60
_OFF_DELAY_MOST_S: Final = 60 * 60
_WINDOW_MOST_S: Final = 24 * 3600
_COUNT_MOST: Final = 60
_DEADBAND_MOST_C: Final = 2.0
_COLDEST_C, _WARMEST_C = -200.0, 60.0


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits and alert limits of an envelope in Celsius (None: open), and their timing for both kinds of probe."""

    min_c: float | None
    max_c: float | None
    alert_min_c: float | None
    alert_max_c: float | None
    air: Timing
    load: Timing

    def envelope(self, name: str) -> Envelope:
        """The same as an envelope of that name."""
        return Envelope(
            id=name,
            min_c=self.min_c,
            max_c=self.max_c,
            alert_min_c=self.alert_min_c,
            alert_max_c=self.alert_max_c,
        )


def planned_limits(plant: Plant, envelope: Envelope) -> Limits:
    """Version 0: the plant document's envelope, with the longest delays of the probes in it."""
    return Limits(
        min_c=envelope.min_c,
        max_c=envelope.max_c,
        alert_min_c=envelope.alert_min_c,
        alert_max_c=envelope.alert_max_c,
        air=_timing(plant, envelope, ProbeKind.AIR),
        load=_timing(plant, envelope, ProbeKind.LOAD),
    )


def check(limits: Limits) -> None:
    """Raises Invalid for numbers that are no temperatures, limits in the wrong order, and delays that are too long."""
    given = [limits.min_c, limits.alert_min_c, limits.alert_max_c, limits.max_c]
    values = [value for value in given if value is not None]
    if not all(_COLDEST_C <= value <= _WARMEST_C for value in values):
        raise Invalid("limits.range", f"A limit lies between {_COLDEST_C:g} and {_WARMEST_C:g} degrees Celsius")
    if limits.min_c is None and limits.max_c is None:
        raise Invalid("limits.open", "At least one side must have a limit")
    if any(low >= high for low, high in pairwise(values)):
        raise Invalid("limits.order", "Limits must rise: lower limit < lower alert < upper alert < upper limit")
    _check_timing("air", limits.air, AIR_DELAY_MOST_S)
    _check_timing("load", limits.load, LOAD_DELAY_MOST_S)


def _check_timing(kind: str, timing: Timing, on_delay_most_s: int) -> None:
    if not 0 <= timing.on_delay_s <= on_delay_most_s:
        raise Invalid("limits.on_delay", f"The on delay of {kind} probes may be 0 to {on_delay_most_s} seconds")
    if not 0 <= timing.off_delay_s <= _OFF_DELAY_MOST_S:
        raise Invalid("limits.off_delay", f"The off delay of {kind} probes may be 0 to {_OFF_DELAY_MOST_S} seconds")
    if not 0 <= timing.deadband_c <= _DEADBAND_MOST_C:
        raise Invalid("limits.deadband", f"The dead-band of {kind} probes may be 0 to {_DEADBAND_MOST_C:g} K")
    if not 0 <= timing.count <= _COUNT_MOST or not 0 <= timing.window_s <= _WINDOW_MOST_S:
        raise Invalid("limits.count", f"At most {_COUNT_MOST} readings in a window of at most {_WINDOW_MOST_S} seconds")
    if (timing.count == 0) != (timing.window_s == 0):
        raise Invalid("limits.count", "Readings to count need a window, and a window needs readings to count")


def _timing(plant: Plant, envelope: Envelope, kind: ProbeKind) -> Timing:
    probes = [probe for probe in plant.probes if probe.kind is kind and _is_in(plant, probe, envelope)]
    delays = [probe.on_delay_s for probe in probes]
    return Timing(on_delay_s=max(delays, default=0))


def _is_in(plant: Plant, probe: Probe, envelope: Envelope) -> bool:
    return plant.envelope_of(probe.covers[0]) == envelope
