"""Drones, weather and vans as world.md 5 has them."""

import math
from datetime import datetime, timedelta

import msgspec
import pytest

from simulators.chance import draw
from simulators.physics import flight, road, weather
from simulators.physics.flight import (
    DRONE,
    Flight,
    FlightRefusedError,
    Heading,
    Phase,
    payload_kg,
    plan_flight,
    take_off,
)
from simulators.physics.road import Area, Motion
from simulators.physics.weather import Airspace, Icing, Spell, Weather, flight_stop

HOUR_S = 3600.0
NEW_YEAR = datetime(2026, 1, 1)  # noqa: DTZ001 - local time


@pytest.fixture(scope="module")
def hours() -> list[Weather]:
    sky, seen = Weather(), []
    for hour in range(6 * 365 * 24):
        outdoor_c = weather.outdoor_c(NEW_YEAR + timedelta(hours=hour))
        weather.step(sky, HOUR_S, seed=3, outdoor_c=outdoor_c)
        seen.append(msgspec.structs.replace(sky))
    return seen


def lengths(hours: list[Weather], spells: set[Spell]) -> list[int]:
    found, length = [], 0
    for sky in hours:
        if sky.spell in spells:
            length += 1
        elif length:
            found.append(length)
            length = 0
    return found


def test_about_twelve_per_cent_of_the_hours_are_unfit_for_flying(hours: list[Weather]) -> None:
    grounded = sum(sky.spell is not Spell.FAIR for sky in hours)
    assert grounded / len(hours) == pytest.approx(0.12, abs=0.015)


def test_a_stop_lasts_three_hours_on_average(hours: list[Weather]) -> None:
    stops = lengths(hours, set(Spell) - {Spell.FAIR})
    assert sum(stops) / len(stops) == pytest.approx(
        3.0 + 0.5, abs=0.4
    )  # a stop shorter than an hour is not always seen


def test_the_airspace_is_closed_for_one_per_cent(hours: list[Weather]) -> None:
    assert sum(sky.airspace is Airspace.CLOSED for sky in hours) / len(hours) == pytest.approx(0.01, abs=0.004)


def test_a_spell_grounds_a_drone_exactly_when_it_is_not_fair(hours: list[Weather]) -> None:
    for sky in hours:
        if sky.airspace is Airspace.OPEN:
            assert (flight_stop(sky) is None) == (sky.spell is Spell.FAIR)


def test_all_kinds_of_bad_weather_come_in_their_season(hours: list[Weather]) -> None:
    assert {sky.spell for sky in hours} == set(Spell)
    winter = [sky for hour, sky in enumerate(hours) if hour % 8766 < 24 * 30]
    assert not any(sky.spell is Spell.THUNDER for sky in winter[48:])


def test_weather_does_not_depend_on_the_step() -> None:
    coarse, fine = Weather(), Weather()
    for _ in range(24):
        weather.step(coarse, 3600.0, seed=5, outdoor_c=12.0)
    for _ in range(24 * 60):
        weather.step(fine, 60.0, seed=5, outdoor_c=12.0)
    assert (coarse.spell, coarse.spells, coarse.wind_m_s, coarse.visibility_km) == (
        fine.spell,
        fine.spells,
        fine.wind_m_s,
        fine.visibility_km,
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"wind_m_s": 10.7, "gust_m_s": 13.0, "rain_mm_h": 8.0, "visibility_km": 1.0, "thunder_km": 20.1}, None),
        ({"wind_m_s": 10.8}, "wind 10.8 m/s, limit 10.7"),
        ({"gust_m_s": 13.1}, "gusts 13.1 m/s, limit 13"),
        ({"rain_mm_h": 8.1}, "rain 8.1 mm/h, limit 8"),
        ({"visibility_km": 0.9}, "visibility 0.9 km, limit 1"),
        ({"icing": Icing.PRESENT}, "icing"),
        ({"thunder_km": 20.0}, "thunder within 20 km"),
        ({"airspace": Airspace.CLOSED}, "the airspace is closed"),
    ],
)
def test_each_limit_of_flying_is_named(change: dict[str, object], reason: str | None) -> None:
    assert flight_stop(msgspec.structs.replace(Weather(), **change)) == reason


def test_the_dock_is_five_degrees_in_winter_and_thirty_three_in_summer() -> None:
    assert weather.outdoor_c(datetime(2026, 1, 15, 3)) == pytest.approx(5.0, abs=0.1)  # noqa: DTZ001 - local time
    assert weather.outdoor_c(datetime(2026, 7, 16, 15)) == pytest.approx(33.0, abs=0.1)  # noqa: DTZ001 - local time


def test_the_sun_shines_by_day_and_not_through_rain() -> None:
    noon, midnight = datetime(2026, 7, 16, 12), datetime(2026, 7, 16, 0)  # noqa: DTZ001 - local time
    assert weather.sun_share(noon, Weather()) == pytest.approx(1.0)
    assert weather.sun_share(midnight, Weather()) == 0.0
    assert weather.sun_share(noon, Weather(spell=Spell.RAIN)) < 0.3


def test_three_kilometres_take_under_six_minutes_and_eleven_about_fifteen() -> None:
    assert plan_flight(3000, 2.0, Weather()).duration_s == pytest.approx(60 + 3000 / 14 + 60)
    assert plan_flight(11_000, 2.0, Weather()).duration_s / 60 == pytest.approx(15, abs=0.5)


def test_a_drone_lifts_twelve_units_of_red_cells_with_their_pouches() -> None:
    plan_flight(3000, payload_kg([flight.RED_CELL_UNIT_KG] * 12), Weather())
    with pytest.raises(FlightRefusedError, match=r"more than the 5\.0 kg"):
        plan_flight(3000, payload_kg([flight.RED_CELL_UNIT_KG] * 13), Weather())


def test_a_flight_is_refused_beyond_its_range_and_in_bad_weather() -> None:
    plan_flight(15_000, 1.0, Weather())
    with pytest.raises(FlightRefusedError, match=r"15\.1 km is not within the range of 15 km"):
        plan_flight(15_100, 1.0, Weather())
    with pytest.raises(FlightRefusedError, match=r"no flight now: wind 12\.0 m/s"):
        plan_flight(3000, 1.0, Weather(wind_m_s=12.0))


@pytest.mark.parametrize("dt", [0.5, 7.0, 60.0, 10_000.0])
def test_a_flight_lands_when_its_plan_says(dt: float) -> None:
    plan = plan_flight(8000, 2.0, Weather())
    under_way, elapsed_s = take_off(plan), 0.0
    assert flight.minutes_to_land(under_way) * 60 == pytest.approx(plan.duration_s)
    while under_way.phase is not Phase.LANDED:
        flight.step(under_way, dt)
        elapsed_s += dt
    assert plan.duration_s <= elapsed_s < plan.duration_s + dt + 1e-6
    assert (under_way.flown_m, under_way.height) == pytest.approx((8000.0, 0.0))


def test_the_longest_flight_lands_with_a_fifth_of_its_battery() -> None:
    under_way = take_off(plan_flight(15_000, 1.0, Weather()))
    assert flight.battery_share(under_way) == 1.0
    flight.step(under_way, 3600.0)
    assert flight.battery_share(under_way) == pytest.approx(0.2)


def test_a_drone_turned_back_at_sixty_per_cent_lands_at_home() -> None:
    plan = plan_flight(10_000, 2.0, Weather())
    under_way = take_off(plan)
    flight.step(under_way, 60 + 6000 / 14)
    flight.turn_back(under_way)
    assert flight.minutes_to_land(under_way) * 60 == pytest.approx(6000 / 14 + 60)
    flight.step(under_way, 6000 / 14 + 60)
    assert (under_way.phase, under_way.heading) == (Phase.LANDED, Heading.HOME)
    assert under_way.flown_m == pytest.approx(0.0)


def test_a_drone_turned_back_over_its_destination_climbs_again() -> None:
    under_way = Flight(distance_m=1000, flown_m=1000, height=0.5, phase=Phase.DESCENT)
    flight.turn_back(under_way)
    flight.step(under_way, 30 + 1000 / 14 + 60)
    assert (under_way.phase, under_way.flown_m) == (Phase.LANDED, pytest.approx(0.0))


def test_a_drone_turned_back_in_its_climb_comes_down_at_once() -> None:
    under_way = Flight(distance_m=1000)
    flight.step(under_way, 30)
    flight.turn_back(under_way)
    flight.step(under_way, 30)
    assert under_way.phase is Phase.LANDED


def test_a_drone_that_has_landed_stays() -> None:
    landed = Flight(distance_m=1000, flown_m=1000, phase=Phase.LANDED)
    flight.turn_back(landed)
    flight.step(landed, 60)
    assert (landed.heading, landed.flown_m) == (Heading.DESTINATION, 1000)


def test_one_flight_in_three_hundred_meets_a_fault_on_its_way() -> None:
    faults = [flight.fault_at(1, "drone-1", number) for number in range(60_000)]
    shares = [share for share in faults if share is not None]
    assert len(shares) == pytest.approx(60_000 / DRONE.flights_between_faults, rel=0.2)
    assert 0.0 <= min(shares) < max(shares) < 1.0


@pytest.mark.parametrize(
    ("area", "hour", "km_h"),
    [(Area.CITY, 13, 24), (Area.CITY, 8, 16), (Area.CITY, 18, 16), (Area.CITY, 2, 35), (Area.OUT_OF_TOWN, 8, 55)],
)
def test_a_way_takes_its_time_with_a_spread_of_a_quarter(area: Area, hour: float, km_h: float) -> None:
    times = [road.travel_s(12.0, area, hour, draw(1, "way", number)) for number in range(4000)]
    mean = sum(times) / len(times)
    spread = math.sqrt(sum((time - mean) ** 2 for time in times) / len(times))
    assert mean == pytest.approx(12.0 / km_h * HOUR_S, rel=0.02)
    assert spread / mean == pytest.approx(0.25, rel=0.08)


def test_loading_sixty_boxes_takes_twenty_six_minutes() -> None:
    assert road.loading_s(road.BOXES) == 26 * 60


def test_a_van_breaks_down_once_in_eight_thousand_kilometres() -> None:
    stops = [road.breakdown_km(100.0, draw(1, "van", number)) for number in range(20_000)]
    met = [km for km in stops if km is not None]
    assert len(met) == pytest.approx(20_000 * 100 / 8000, rel=0.15)
    assert max(met) < 100.0


@pytest.mark.parametrize(
    ("motion", "outdoor_c", "sun", "cargo_c"),
    [
        (Motion.DRIVING, 30.0, 1.0, 38.0),
        (Motion.DRIVING, 30.0, 0.0, 30.0),
        (Motion.PARKED, 35.0, 1.0, 45.0),
        (Motion.PARKED, 20.0, 1.0, 32.0),
        (Motion.PARKED, -10.0, 0.0, -10.0),
    ],
)
def test_cargo_air_follows_sun_and_motion(motion: Motion, outdoor_c: float, sun: float, cargo_c: float) -> None:
    cargo = road.Cargo(20.0)
    road.step(cargo, 600.0, outdoor_c=outdoor_c, sun=sun, motion=motion)
    assert abs(cargo.air_c - 20.0) < abs(cargo_c - 20.0)
    road.step(cargo, 4 * HOUR_S, outdoor_c=outdoor_c, sun=sun, motion=motion)
    assert cargo.air_c == pytest.approx(cargo_c, abs=0.1)
