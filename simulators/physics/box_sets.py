"""Transport boxes and their coolants (world.md 2.6, design values). Units: J/K, W/K, J/kg, kilograms, Celsius."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Coolant:
    """A mass of phase-change material: melts at ``melts_c`` with ``latent`` J/kg; ``solid`` and ``liquid`` in J/(kg K).

    Dry ice has no liquid: ``liquid`` is infinite, and the coolant is gone when its latent heat is used up.
    """

    mass_kg: float
    melts_c: float
    latent: float
    solid: float
    liquid: float

    @property
    def vanishes(self) -> bool:
        """True for dry ice, which leaves nothing behind."""
        return math.isinf(self.liquid)


@dataclass(frozen=True, slots=True)
class BoxParameters:
    """One kind of box: room for ``bags`` of ``c_bag`` and ``g_bag`` each; wall ``ua``, an open lid adds ``lid``.

    ``coolant`` with conductance ``gp`` to the air inside; what it is made to hold, ``low_c`` to ``high_c``.
    """

    bags: int
    c_bag: float
    g_bag: float
    ua: float
    gp: float
    coolant: Coolant
    low_c: float
    high_c: float
    lid: float = 6.0


R20: Final = BoxParameters(
    bags=20, c_bag=1080, g_bag=0.15, ua=0.45, gp=5.0, low_c=2.0, high_c=10.0,
    coolant=Coolant(mass_kg=4.0, melts_c=4.5, latent=190e3, solid=2000, liquid=3000),
)  # fmt: skip
"""Red cells, expanded polypropylene, PCM of 4.5 C."""
P8: Final = BoxParameters(
    bags=8, c_bag=1050, g_bag=0.15, ua=0.30, gp=8.0, low_c=20.0, high_c=24.0,
    coolant=Coolant(mass_kg=3.0, melts_c=22.0, latent=190e3, solid=2000, liquid=2200),
)  # fmt: skip
"""Platelets, PCM of 22 C."""
F20: Final = BoxParameters(
    bags=20, c_bag=460, g_bag=0.15, ua=0.40, gp=5.0, low_c=-math.inf, high_c=-18.0,
    coolant=Coolant(mass_kg=8.0, melts_c=-33.0, latent=260e3, solid=2000, liquid=3000),
)  # fmt: skip
"""Frozen plasma, eutectic plates of -33 C."""
F20_DRY_ICE: Final = replace(
    F20, gp=0.6, coolant=Coolant(mass_kg=5.0, melts_c=-78.5, latent=636e3, solid=1000, liquid=math.inf)
)
"""Frozen plasma on dry ice; its latent heat holds the warming of the cold gas up to the air of the box."""
DRONE_POUCH: Final = BoxParameters(
    bags=2, c_bag=1080, g_bag=0.15, ua=0.15, gp=0.8, low_c=2.0, high_c=10.0,
    coolant=Coolant(mass_kg=0.4, melts_c=4.5, latent=190e3, solid=2000, liquid=3000),
)  # fmt: skip
"""Two bags of red cells in a pouch under a drone."""
