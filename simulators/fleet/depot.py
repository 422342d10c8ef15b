"""All vehicles and the weather station: stepped with the world, told trips like machines are told jobs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from fleet.messages import WeatherSeen, report_type
from plant.model import FLEET_EDGE, Plant, VehicleKind
from simulators.fleet import vehicle as vehicles
from simulators.fleet.vehicle import Phase, Vehicle
from simulators.people.state import People
from simulators.physics import road
from simulators.physics import weather as sky
from simulators.physics.weather import Airspace, Icing, Weather
from simulators.scene import Scene

WEATHER_EVERY: Final = timedelta(minutes=10)
_STATION: Final = "pad"


class Depot(msgspec.Struct):
    """State of the fleet and of the weather over it."""

    vehicles: dict[str, Vehicle]
    weather: Weather = msgspec.field(default_factory=Weather)
    told_at: datetime | None = None


def new_depot(plant: Plant) -> Depot:
    """Every vehicle of the plant at home, under a sky that nobody has looked at yet."""
    return Depot({vehicle.id: vehicles.new_vehicle(vehicle) for vehicle in plant.vehicles})


def step(scene: Scene, people: People, depot: Depot, dt: float) -> None:
    """Live on to the scene's time: weather, vehicles, and the air around the boxes that they carry."""
    local = scene.now.astimezone(ZoneInfo(scene.plant.site.timezone))
    outdoor_c = sky.outdoor_c(local)
    sky.step(depot.weather, dt, seed=scene.seed, outdoor_c=outdoor_c)
    if depot.vehicles and (depot.told_at is None or scene.now - depot.told_at >= WEATHER_EVERY):
        depot.told_at = scene.now
        seen = _seen(depot.weather)
        scene.memory[FLEET_EDGE].report(scene.now, report_type(seen), seen)
    sun = sky.sun_share(local, depot.weather)
    for vehicle in depot.vehicles.values():
        vehicles.step(scene, people, vehicle, depot.weather, dt)
        _carry(scene, vehicle, dt, outdoor_c, sun)


def _carry(scene: Scene, vehicle: Vehicle, dt: float, outdoor_c: float, sun: float) -> None:
    """Boxes aboard stand in the van's cargo air, or hang in the open under a drone."""
    moving = vehicle.phase in {Phase.OUT, Phase.BACK} and vehicle.motion is vehicles.Motion.SOUND
    if vehicle.kind is VehicleKind.VAN:
        motion = road.Motion.DRIVING if moving else road.Motion.PARKED
        road.step(vehicle.cargo, dt, outdoor_c=outdoor_c, sun=sun, motion=motion)
    else:
        vehicle.cargo.air_c = outdoor_c
    for name in vehicle.aboard:
        scene.boxes[name].around_c = vehicle.cargo.air_c


def _seen(weather: Weather) -> WeatherSeen:
    return WeatherSeen(
        station=_STATION,
        wind_m_s=weather.wind_m_s,
        gust_m_s=weather.gust_m_s,
        rain_mm_h=weather.rain_mm_h,
        visibility_m=weather.visibility_km * 1000.0,
        icing=weather.icing is Icing.PRESENT,
        thunder_km=weather.thunder_km,
        airspace_open=weather.airspace is Airspace.OPEN,
    )
