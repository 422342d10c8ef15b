"""Weather over the pad: spells that follow each other as a Markov chain, and the limits of flying (world.md 5).

About 12 % of the hours are unfit for flying, in spells of three hours on average; the airspace is closed for another
1 %. Every spell and every ten minutes within it are drawn by name, so the weather does not depend on the step length.
"""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from simulators.chance import draw

WIND_LIMIT_M_S: Final = 10.7
GUST_LIMIT_M_S: Final = 13.0
RAIN_LIMIT_MM_H: Final = 8.0
VISIBILITY_LIMIT_KM: Final = 1.0
THUNDER_LIMIT_KM: Final = 20.0

_STOPPED_SHARE: Final = 0.12
_STOP_MEAN_S: Final = 3.0 * 3600.0
_FAIR_MEAN_S: Final = _STOP_MEAN_S * (1.0 - _STOPPED_SHARE) / _STOPPED_SHARE
_CLOSED_SHARE: Final = 0.01
_CLOSED_MEAN_S: Final = 2.0 * 3600.0
_OPEN_MEAN_S: Final = _CLOSED_MEAN_S * (1.0 - _CLOSED_SHARE) / _CLOSED_SHARE
_SLOT_S: Final = 600.0
_ICING_BELOW_C: Final = 8.0  # on the ground; it is colder where a drone flies
_THUNDER_ABOVE_C: Final = 15.0


class Spell(StrEnum):
    """What rules the weather for some hours; every spell but `FAIR` grounds a drone."""

    FAIR = "fair"
    WIND = "wind"
    RAIN = "rain"
    FOG = "fog"
    THUNDER = "thunder"
    ICING = "icing"


class Icing(StrEnum):
    """Whether ice grows on a propeller."""

    ABSENT = "absent"
    PRESENT = "present"


class Airspace(StrEnum):
    """Whether the authority lets anything fly."""

    OPEN = "open"
    CLOSED = "closed"


_STOPS: Final = {
    Spell.WIND: 0.45,
    Spell.RAIN: 0.20,
    Spell.FOG: 0.20,
    Spell.THUNDER: 0.10,
    Spell.ICING: 0.05,
}  # shares of the spells that ground a drone


class Weather(msgspec.Struct):
    """Weather now. `thunder_km` is the distance of the nearest strike, None when there is none.

    `spell_left_s` and `airspace_left_s` are how long the present state lasts; `spells` and `airspaces` count them.
    """

    wind_m_s: float = 3.0
    gust_m_s: float = 5.0
    rain_mm_h: float = 0.0
    visibility_km: float = 10.0
    icing: Icing = Icing.ABSENT
    thunder_km: float | None = None
    airspace: Airspace = Airspace.OPEN
    spell: Spell = Spell.FAIR
    spell_left_s: float = 0.0
    spells: int = 0
    airspace_left_s: float = 0.0
    airspaces: int = 0
    slot: int = -1
    elapsed_s: float = 0.0


def step(weather: Weather, dt: float, *, seed: int, outdoor_c: float) -> None:
    """Advance the weather by ``dt`` seconds; icing needs cold, and thunder warm air."""
    weather.elapsed_s += dt
    weather.spell_left_s -= dt
    while weather.spell_left_s <= 0.0:
        _next_spell(weather, seed, outdoor_c)
        weather.slot = -1
    weather.airspace_left_s -= dt
    while weather.airspace_left_s <= 0.0:
        _next_airspace(weather, seed)
    slot = int(weather.elapsed_s // _SLOT_S)
    if slot != weather.slot:
        weather.slot = slot
        _blow(weather, seed)


def flight_stop(weather: Weather) -> str | None:
    """Why nothing may fly now, as a sentence, or None."""
    reasons = (
        (weather.airspace is Airspace.CLOSED, "the airspace is closed"),
        (
            weather.thunder_km is not None and weather.thunder_km <= THUNDER_LIMIT_KM,
            f"thunder within {THUNDER_LIMIT_KM:.0f} km",
        ),
        (weather.icing is Icing.PRESENT, "icing"),
        (weather.wind_m_s > WIND_LIMIT_M_S, f"wind {weather.wind_m_s:.1f} m/s, limit {WIND_LIMIT_M_S}"),
        (weather.gust_m_s > GUST_LIMIT_M_S, f"gusts {weather.gust_m_s:.1f} m/s, limit {GUST_LIMIT_M_S:.0f}"),
        (weather.rain_mm_h > RAIN_LIMIT_MM_H, f"rain {weather.rain_mm_h:.1f} mm/h, limit {RAIN_LIMIT_MM_H:.0f}"),
        (
            weather.visibility_km < VISIBILITY_LIMIT_KM,
            f"visibility {weather.visibility_km:.1f} km, limit {VISIBILITY_LIMIT_KM:.0f}",
        ),
    )
    return next((reason for stops, reason in reasons if stops), None)


def outdoor_c(local: datetime) -> float:
    """Air outside and on the dock at a local time: 5 C in a January night, 33 C on a July afternoon."""
    season = -math.cos((local.timetuple().tm_yday - 15) / 365.25 * 2.0 * math.pi)
    day = math.cos((local.hour + local.minute / 60.0 - 15.0) / 24.0 * 2.0 * math.pi)
    return 19.0 + 10.0 * season + 4.0 * day


def sun_share(local: datetime, weather: Weather) -> float:
    """How strongly the sun heats a van, 0 to 1: none at night, little under rain, fog and thunder."""
    hour = local.hour + local.minute / 60.0
    height = max(math.sin((hour - 6.0) / 12.0 * math.pi), 0.0)
    return height * (0.2 if weather.spell in {Spell.RAIN, Spell.FOG, Spell.THUNDER, Spell.ICING} else 1.0)


def _next_spell(weather: Weather, seed: int, outdoor_c: float) -> None:
    chance = draw(seed, "weather", "spell", weather.spells)
    starts_fair = weather.spells == 0 and chance.random() >= _STOPPED_SHARE
    weather.spells += 1
    if weather.spell is not Spell.FAIR or starts_fair:
        weather.spell = Spell.FAIR
        weather.spell_left_s += chance.expovariate(1.0 / _FAIR_MEAN_S)
        return
    spell = chance.choices(list(_STOPS), list(_STOPS.values()))[0]
    too_warm = spell is Spell.ICING and outdoor_c > _ICING_BELOW_C
    too_cold = spell is Spell.THUNDER and outdoor_c < _THUNDER_ABOVE_C
    weather.spell = Spell.WIND if too_warm or too_cold else spell
    weather.spell_left_s += chance.expovariate(1.0 / _STOP_MEAN_S)


def _next_airspace(weather: Weather, seed: int) -> None:
    chance = draw(seed, "weather", "airspace", weather.airspaces)
    opens = weather.airspace is Airspace.CLOSED or weather.airspaces == 0
    weather.airspaces += 1
    weather.airspace = Airspace.OPEN if opens else Airspace.CLOSED
    weather.airspace_left_s += chance.expovariate(1.0 / (_OPEN_MEAN_S if opens else _CLOSED_MEAN_S))


def _blow(weather: Weather, seed: int) -> None:
    """Values of the next ten minutes; outside its own trait a spell stays within the limits."""
    chance, spell = draw(seed, "weather", "slot", weather.slot, weather.spells), weather.spell
    windy = spell is Spell.WIND
    weather.wind_m_s = round(chance.uniform(10.8, 16.0) if windy else min(chance.weibullvariate(3.6, 2.0), 9.5), 1)
    weather.gust_m_s = round(weather.wind_m_s * chance.uniform(1.25, 1.6), 1)
    if not windy:
        weather.gust_m_s = min(weather.gust_m_s, 12.9)
    wet = {Spell.RAIN: (8.1, 30.0), Spell.THUNDER: (2.0, 8.0), Spell.ICING: (0.2, 2.0)}.get(spell)
    drizzle = 0.0 if chance.random() < 0.9 else chance.uniform(0.1, 5.0)
    weather.rain_mm_h = round(drizzle if wet is None else chance.uniform(*wet), 1)
    weather.visibility_km = round(chance.uniform(0.1, 0.9) if spell is Spell.FOG else chance.uniform(3.0, 15.0), 1)
    weather.icing = Icing.PRESENT if spell is Spell.ICING else Icing.ABSENT
    weather.thunder_km = round(chance.uniform(1.0, 19.0), 1) if spell is Spell.THUNDER else None
