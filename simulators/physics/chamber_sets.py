"""Parameter sets of cold chambers (world.md 2.1, design values). Units: J/K, W/K, W, Celsius, seconds, kilograms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulators.physics.nodes import Cabinet


class ChamberKind(StrEnum):
    """Kinds of stores that this physics knows."""

    COLD_ROOM = "cold_room"
    BLOOD_FRIDGE = "blood_fridge"
    PLATELET_INCUBATOR = "platelet_incubator"
    PLASMA_ROOM = "plasma_room"
    PLASMA_UPRIGHT = "plasma_upright"
    ULT = "ult"


@dataclass(frozen=True, slots=True)
class ChamberParameters:
    """One kind of chamber: its cabinet, cooling, thermostat and defrost.

    Cooling ``qn_w`` at coil temperature ``ten_c`` with slope ``kq``; thermostat ``set_c`` +- ``hysteresis_c`` with
    minimum on and off times; defrost every ``defrost_every_s`` (infinite: by hand) with ``heater_w`` until the coil
    passes ``defrost_end_c`` or ``defrost_max_s``; ``frost_half_kg`` of frost halve the conductance of the coil, and
    melting takes ``melt_w_per_k``. A ``freezer`` stops its fan while it defrosts and drips.
    """

    cabinet: Cabinet
    qn_w: float
    ten_c: float
    kq: float
    set_c: float
    hysteresis_c: float
    min_on_s: float
    min_off_s: float
    defrost_every_s: float
    heater_w: float
    frost_half_kg: float
    melt_w_per_k: float
    freezer: bool
    defrost_max_s: float

    @property
    def defrost_end_c(self) -> float:
        """Coil temperature that ends a defrost."""
        return 8.0 if self.freezer else 4.0


COLD_ROOM: Final = ChamberParameters(
    cabinet=Cabinet(
        bags=6000, c_bag=1080, g_bag=0.12, ca=80e3, ce=90e3, cw=700e3, gae=520, gaw=900, ua=25, gd=900, gleak=4,
        q_fan_w=180,
    ),
    qn_w=3000, ten_c=-4, kq=0.025, set_c=4, hysteresis_c=0.7, min_on_s=180, min_off_s=180,
    defrost_every_s=6 * 3600, heater_w=0, frost_half_kg=12, melt_w_per_k=400, freezer=False, defrost_max_s=1200,
)  # fmt: skip
BLOOD_FRIDGE: Final = ChamberParameters(
    cabinet=Cabinet(
        bags=300, c_bag=1080, g_bag=0.15, ca=2.4e3, ce=9e3, cw=48e3, gae=55, gaw=30, ua=3.6, gd=28, gleak=0.15,
        q_fan_w=18,
    ),
    qn_w=300, ten_c=-6, kq=0.03, set_c=4, hysteresis_c=0.8, min_on_s=120, min_off_s=180,
    defrost_every_s=6 * 3600, heater_w=0, frost_half_kg=1.5, melt_w_per_k=40, freezer=False, defrost_max_s=1200,
)  # fmt: skip
PLASMA_ROOM: Final = ChamberParameters(
    cabinet=Cabinet(
        bags=12000, c_bag=460, g_bag=0.08, ca=70e3, ce=120e3, cw=600e3, gae=600, gaw=700, ua=14, gd=700, gleak=3,
        q_fan_w=350,
    ),
    qn_w=3800, ten_c=-38, kq=0.028, set_c=-30, hysteresis_c=1, min_on_s=300, min_off_s=180,
    defrost_every_s=6 * 3600, heater_w=9000, frost_half_kg=15, melt_w_per_k=600, freezer=True, defrost_max_s=1800,
)  # fmt: skip
PLASMA_UPRIGHT: Final = ChamberParameters(
    cabinet=Cabinet(
        bags=300, c_bag=460, g_bag=0.12, ca=1.3e3, ce=10e3, cw=45e3, gae=45, gaw=25, ua=1.5, gd=22, gleak=0.1,
        q_fan_w=15,
    ),
    qn_w=260, ten_c=-38, kq=0.028, set_c=-30, hysteresis_c=1.5, min_on_s=180, min_off_s=180,
    defrost_every_s=8 * 3600, heater_w=450, frost_half_kg=1.5, melt_w_per_k=40, freezer=True, defrost_max_s=1800,
)  # fmt: skip
ULT: Final = ChamberParameters(
    cabinet=Cabinet(
        bags=250, c_bag=560, g_bag=0.10, ca=1.3e3, ce=12e3, cw=38e3, gae=20, gaw=12, ua=0.75, gd=10, gleak=0.03,
        q_fan_w=0, still=1.0, moist_air=1.1,
    ),
    qn_w=190, ten_c=-86, kq=0.012, set_c=-80, hysteresis_c=2.5, min_on_s=300, min_off_s=300,
    defrost_every_s=math.inf, heater_w=0, frost_half_kg=50, melt_w_per_k=40, freezer=True, defrost_max_s=0,
)  # fmt: skip
"""Ultra-low freezer: no fan to stop and no coil to defrost, a person chips the frost off."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A working day at the door: one opening of ``open_s`` every ``every_s``."""

    every_s: float
    open_s: float


TRAFFIC: Final = {
    ChamberKind.COLD_ROOM: Traffic(every_s=660, open_s=30),
    ChamberKind.BLOOD_FRIDGE: Traffic(every_s=600, open_s=10),
    ChamberKind.PLASMA_ROOM: Traffic(every_s=780, open_s=20),
    ChamberKind.PLASMA_UPRIGHT: Traffic(every_s=1200, open_s=10),
}
"""Traffic that makes the compressors work as world.md 2.2 has it for a working day."""
