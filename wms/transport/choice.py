"""Van or drone, and when: chosen from what is known, with a sentence that says why, and why not the drone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from fleet.messages import WeatherSeen
from plant.model import Hospital, Vehicle, VehicleKind
from wms.orders.sentences import Sentence

AT_ONCE: Final = frozenset({0, 1, 2})
"""Priority classes that do not wait for a van's hour: emergencies and urgent orders (domain.md 4.4)."""
LOADING: Final = timedelta(minutes=6)
"""Loading a van (world.md 5), before the boxes themselves."""
LOADING_A_BOX: Final = timedelta(seconds=20)
HAND_OVER: Final = timedelta(minutes=8)
"""Handing over at one stop (world.md 5)."""


class FlightLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a drone may fly and how fast it does (`flight.toml`)."""

    max_wind_m_s: float
    max_gust_m_s: float
    max_rain_mm_h: float
    min_visibility_m: float
    min_thunder_km: float
    weather_fresh_min: float
    cruise_m_s: float
    climb_s: float
    descend_s: float


@dataclass(frozen=True, slots=True)
class Weather:
    """The last weather told, and when."""

    at: datetime
    seen: WeatherSeen


@dataclass(frozen=True, slots=True)
class Freight:
    """What has to go where: boxes with their weights and whether they fit under a drone."""

    hospital: Hospital
    priority: int
    boxes: int
    kg: float | None
    all_fly: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A vehicle now: idle, or with a planned trip that leaves at ``leaves_at`` and takes ``room`` more boxes.

    ``home_at`` is when it is expected home if it is away; None when it is here. ``barred`` says why it does not come
    into question for this freight.
    """

    vehicle: Vehicle
    room: int
    planned_trip: str | None = None
    leaves_at: datetime | None = None
    home_at: datetime | None = None
    may_join: bool = True
    barred: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The vehicle, when it leaves, the planned trip that it joins (None: a new one), and why."""

    vehicle: Vehicle
    departs_at: datetime
    joins: str | None
    why: Sentence


def load_limits() -> FlightLimits:
    """The flight limits of this release; raises msgspec.ValidationError for a malformed file."""
    text = (resources.files("wms") / "transport" / "flight.toml").read_bytes()
    return msgspec.toml.decode(text, type=FlightLimits)


def flight_stop(weather: Weather | None, limits: FlightLimits, at: datetime) -> Sentence | None:
    """Why no drone may start at ``at``; None when it may. Weather that is unknown or old is no weather to fly in."""
    if weather is None:
        return Sentence("no weather is known", "无气象数据")
    age = (at - weather.at).total_seconds() / 60
    if age > limits.weather_fresh_min:
        return Sentence(f"the weather is {age:.0f} min old", f"气象数据已过期 {age:.0f} 分钟")
    seen = weather.seen
    stops = (
        (seen.wind_m_s > limits.max_wind_m_s, f"wind {seen.wind_m_s:g} m/s", f"风速 {seen.wind_m_s:g} m/s"),
        (seen.gust_m_s > limits.max_gust_m_s, f"gusts {seen.gust_m_s:g} m/s", f"阵风 {seen.gust_m_s:g} m/s"),
        (seen.rain_mm_h > limits.max_rain_mm_h, f"rain {seen.rain_mm_h:g} mm/h", f"降雨 {seen.rain_mm_h:g} mm/h"),
        (
            seen.visibility_m < limits.min_visibility_m,
            f"visibility {seen.visibility_m:g} m",
            f"能见度 {seen.visibility_m:g} m",
        ),
        (seen.icing, "icing", "积冰"),
        (
            seen.thunder_km is not None and seen.thunder_km < limits.min_thunder_km,
            f"thunder at {seen.thunder_km or 0:g} km",
            f"{seen.thunder_km or 0:g} km 处有雷暴",
        ),
        (not seen.airspace_open, "the airspace is closed", "空域关闭"),
    )
    active = [(en, zh) for stops_it, en, zh in stops if stops_it]
    if not active:
        return None
    return Sentence(", ".join(en for en, _ in active), "，".join(zh for _, zh in active))


def why_not_fly(
    drone: Vehicle, freight: Freight, weather: Weather | None, limits: FlightLimits, at: datetime
) -> Sentence | None:
    """The first reason why this drone does not take this freight; None when it can."""
    hospital, payload, reach = freight.hospital, drone.payload_kg or 0.0, drone.range_km or 0.0
    if freight.priority not in AT_ONCE:
        return Sentence("the order is not urgent", "订单不紧急")
    if not hospital.has_pad or hospital.air_km is None:
        return Sentence("the hospital has no landing pad", "医院没有起降坪")
    if 2 * hospital.air_km > reach:
        there = 2 * hospital.air_km
        return Sentence(f"{there:g} km there and back, it flies {reach:g}", f"往返 {there:g} km，航程仅 {reach:g} km")
    if not freight.boxes or freight.boxes > drone.boxes or not freight.all_fly:
        return Sentence("the boxes do not fit under it", "箱体不适合无人机")
    if freight.kg is None:
        return Sentence("nobody knows the weight of the box", "箱体重量未知")
    if freight.kg > payload:
        return Sentence(f"{freight.kg:.1f} kg, it carries {payload:g}", f"重 {freight.kg:.1f} kg，限载 {payload:g} kg")
    return flight_stop(weather, limits, at)


def choose(
    freight: Freight,
    fleet: Sequence[Standing],
    weather: Weather | None,
    limits: FlightLimits,
    at: datetime,
    timezone: str,
) -> Choice | None:
    """The vehicle for a freight: a drone when one may fly and it is urgent, else the van that leaves first.

    An urgent freight makes an idle van leave at once; with all vans away it takes the first one home. None when the
    site has no vehicle that could take it.
    """
    against = Sentence("this centre has no drone", "本站没有无人机")
    for standing in fleet:
        if standing.vehicle.kind is not VehicleKind.DRONE:
            continue
        reason = standing.barred or why_not_fly(standing.vehicle, freight, weather, limits, at)
        if reason is None and (standing.home_at is not None or standing.planned_trip is not None):
            reason = Sentence("the drone is on another flight", "无人机正在执行其他任务")
        if reason is None:
            why = Sentence(
                "By drone: urgent, small, and the weather lets it fly.", "无人机：紧急、量小，天气允许飞行。"
            )
            return Choice(standing.vehicle, at, None, why)
        against = reason
    vans = [standing for standing in fleet if standing.vehicle.kind is VehicleKind.VAN]
    offers = [offer for van in vans if (offer := _offer(van, freight, at, timezone)) is not None]
    if not offers:
        return None
    departs_at, joins, _, van = min(offers, key=lambda offer: (offer[0], offer[1] is None, offer[2]))
    return Choice(van, departs_at, joins, _by_van(freight, departs_at, at, timezone, against))


def road_time(hospital: Hospital) -> timedelta:
    """The usual drive from the centre."""
    return timedelta(minutes=hospital.road_min)


def flight_time(hospital: Hospital, limits: FlightLimits) -> timedelta:
    """The flight from the centre: up, along, down. Raises ValueError for a hospital that no drone reaches."""
    if hospital.air_km is None:
        raise ValueError(f"nobody can fly to {hospital.id}")
    return timedelta(seconds=limits.climb_s + hospital.air_km * 1000 / limits.cruise_m_s + limits.descend_s)


def arrivals(
    kind: VehicleKind, hospitals: Sequence[Hospital], departs_at: datetime, limits: FlightLimits
) -> tuple[datetime, ...]:
    """When each stop is reached, in their order.

    The plant knows the drive from the centre only; between two hospitals half of both drives is assumed.
    """
    times: list[datetime] = []
    before: Hospital | None = None
    for hospital in hospitals:
        if kind is VehicleKind.DRONE:
            times.append(departs_at + flight_time(hospital, limits))
        elif before is None:
            times.append(departs_at + road_time(hospital))
        else:
            times.append(times[-1] + HAND_OVER + (road_time(before) + road_time(hospital)) / 2)
        before = hospital
    return tuple(times)


def loading_time(boxes: int) -> timedelta:
    """How long loading takes."""
    return LOADING + boxes * LOADING_A_BOX


def next_departure(vehicle: Vehicle, after: datetime, timezone: str) -> datetime | None:
    """The first scheduled departure at or after an instant; None for a vehicle without a schedule."""
    if not vehicle.departs:
        return None
    local = after.astimezone(ZoneInfo(timezone))
    days = [local.date(), local.date() + timedelta(days=1)]
    times = [
        datetime.combine(day, time.fromisoformat(text), ZoneInfo(timezone)) for day in days for text in vehicle.departs
    ]
    return min(moment for moment in times if moment >= local).astimezone(after.tzinfo)


def _offer(
    van: Standing, freight: Freight, at: datetime, timezone: str
) -> tuple[datetime, str | None, str, Vehicle] | None:
    """When a van could leave with it, and which planned trip it would join."""
    if van.barred is not None:
        return None
    needed = max(1, freight.boxes)
    here = at if van.home_at is None else max(at, van.home_at)
    if van.planned_trip is not None:
        if not van.may_join or van.room < needed or van.leaves_at is None:
            return None
        leaves = min(van.leaves_at, here + loading_time(needed)) if freight.priority in AT_ONCE else van.leaves_at
        return leaves, van.planned_trip, van.vehicle.id, van.vehicle
    if needed > van.vehicle.boxes:
        return None
    ready = here + loading_time(needed)
    leaves_at = ready if freight.priority in AT_ONCE else next_departure(van.vehicle, ready, timezone) or ready
    return leaves_at, None, van.vehicle.id, van.vehicle


def _by_van(freight: Freight, departs_at: datetime, at: datetime, timezone: str, against: Sentence) -> Sentence:
    told = departs_at.astimezone(ZoneInfo(timezone)).strftime("%H:%M")
    if freight.priority in AT_ONCE:
        minutes = max(0, round((departs_at - at).total_seconds() / 60))
        first = Sentence(f"By van, leaving in {minutes} min: urgent.", f"货车，{minutes} 分钟后出发：紧急。")
    else:
        first = Sentence(f"By van at {told}, as scheduled.", f"货车按班次 {told} 出发。")
    return Sentence(f"{first.en} Not by drone: {against.en}.", f"{first.zh}未用无人机：{against.zh}。")
