"""Van or drone: what is chosen, when it leaves, and the sentence that says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from fleet.messages import WeatherSeen
from plant.load import demo_text, parse_plant
from wms.transport.choice import (
    Freight,
    Standing,
    Weather,
    arrivals,
    choose,
    flight_stop,
    flight_time,
    load_limits,
    loading_time,
    next_departure,
)

PLANT = parse_plant(demo_text())
LIMITS = load_limits()
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
ZONE = "Asia/Shanghai"
FAIR = WeatherSeen(station="pad", wind_m_s=3, gust_m_s=5, rain_mm_h=0, visibility_m=9000, icing=False, thunder_km=None,
                   airspace_open=True)  # fmt: skip
TIMES = {"van-1": ("07:30", "18:30"), "van-2": ("08:30", "17:00")}
VEHICLES = [
    msgspec.structs.replace(vehicle, departs=TIMES.get(vehicle.id, vehicle.departs)) for vehicle in PLANT.vehicles
]
FLEET = [Standing(vehicle, vehicle.boxes) for vehicle in VEHICLES]


def freight(hospital: str = "city-first", priority: int = 1, **values: object) -> Freight:
    base = Freight(PLANT.hospital_by_id[hospital], priority, boxes=1, kg=2.5, all_fly=True)
    return replace(base, **values)


def weather(minutes_old: float = 0, **values: object) -> Weather:
    seen = WeatherSeen(**{**{name: getattr(FAIR, name) for name in FAIR.__struct_fields__}, **values})
    return Weather(NOW - timedelta(minutes=minutes_old), seen)


def test_the_drone_takes_what_is_urgent_and_small_in_fair_weather() -> None:
    choice = choose(freight(), FLEET, weather(), LIMITS, NOW, ZONE)
    assert choice is not None
    assert (choice.vehicle.id, choice.departs_at) == ("drone-1", NOW)
    assert "无人机" in choice.why.zh


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (weather(wind_m_s=10.8), "wind 10.8"),
        (weather(gust_m_s=13.5), "gusts 13.5"),
        (weather(rain_mm_h=8.5), "rain 8.5"),
        (weather(visibility_m=900), "visibility 900"),
        (weather(icing=True), "icing"),
        (weather(thunder_km=19), "thunder at 19"),
        (weather(airspace_open=False), "airspace is closed"),
        (weather(minutes_old=21), "21 min old"),
        (None, "no weather is known"),
    ],
)
def test_no_drone_starts_in_bad_or_unknown_weather_and_the_van_says_why(told: Weather | None, words: str) -> None:
    choice = choose(freight(), FLEET, told, LIMITS, NOW, ZONE)
    assert choice is not None
    assert choice.vehicle.id.startswith("van")
    assert words in choice.why.en


def test_the_limits_themselves_are_still_weather_to_fly_in() -> None:
    edge = weather(19.9, wind_m_s=10.7, gust_m_s=13.0, rain_mm_h=8.0, visibility_m=1000.0, thunder_km=20.0)
    assert flight_stop(edge, LIMITS, NOW) is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (freight(priority=4), "not urgent"),
        (freight("ferry"), "no landing pad"),
        (freight("county"), "28 km there and back"),
        (freight(kg=5.1), "5.1 kg"),
        (freight(kg=None), "weight"),
        (freight(boxes=2), "do not fit"),
        (freight(all_fly=False), "do not fit"),
    ],
)
def test_the_sentence_says_why_not_the_drone(asked: Freight, words: str) -> None:
    choice = choose(asked, FLEET, weather(), LIMITS, NOW, ZONE)
    assert choice is not None
    assert choice.vehicle.id.startswith("van")
    assert words in choice.why.en


def test_routine_freight_waits_for_the_first_van_by_the_schedule() -> None:
    choice = choose(freight(priority=4), FLEET, weather(), LIMITS, NOW, ZONE)
    assert choice is not None
    assert (choice.vehicle.id, choice.departs_at.astimezone(UTC)) == ("van-2", datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    assert "17:00" in choice.why.en


def test_urgent_freight_leaves_as_soon_as_it_is_loaded() -> None:
    choice = choose(freight(boxes=3), FLEET, None, LIMITS, NOW, ZONE)
    assert choice is not None
    assert choice.departs_at == NOW + loading_time(3)


def test_routine_freight_joins_the_van_that_is_planned_already() -> None:
    five = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    van = replace(FLEET[1], planned_trip="trp-1", leaves_at=five, room=2)
    choice = choose(freight(priority=4), [FLEET[0], van], None, LIMITS, NOW, ZONE)
    assert choice is not None
    assert (choice.joins, choice.departs_at) == ("trp-1", five)
    full = replace(van, room=0)
    other = choose(freight(priority=4), [FLEET[0], full], None, LIMITS, NOW, ZONE)
    assert other is not None
    assert (other.joins, other.vehicle.id) == (None, "van-1")


def test_with_every_van_away_the_first_one_home_takes_it() -> None:
    away = [
        replace(one, home_at=NOW + timedelta(minutes=minutes)) for one, minutes in zip(FLEET[:2], (50, 20), strict=True)
    ]
    choice = choose(freight(), away, None, LIMITS, NOW, ZONE)
    assert choice is not None
    assert (choice.vehicle.id, choice.departs_at) == ("van-2", NOW + timedelta(minutes=20) + loading_time(1))


def test_a_centre_without_vehicles_says_so() -> None:
    assert choose(freight(), [], weather(), LIMITS, NOW, ZONE) is None


def test_the_last_departure_of_a_day_is_followed_by_the_first_of_the_next() -> None:
    late = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)  # 21:00 in Shanghai
    assert next_departure(VEHICLES[0], late, ZONE) == datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def test_a_flight_is_up_along_and_down() -> None:
    assert flight_time(PLANT.hospital_by_id["childrens"], LIMITS).total_seconds() == pytest.approx(60 + 3000 / 14 + 60)
    with pytest.raises(ValueError, match="east-lake"):
        flight_time(PLANT.hospital_by_id["east-lake"], LIMITS)


def test_stops_are_reached_one_after_the_other() -> None:
    stops = [PLANT.hospital_by_id[name] for name in ("childrens", "city-first")]
    first, second = arrivals(PLANT.vehicles[0].kind, stops, NOW, LIMITS)
    assert first == NOW + timedelta(minutes=18)
    assert second == first + timedelta(minutes=8 + 20)
