"""One vehicle: it loads its boxes behind the lock, visits its stops, hands over, brings empty boxes home.

A van drives by the hour of the day and may break down; a drone flies only while the weather lets it, and turns round
over the way when it does not. Every event is a report; the controller's word is only the trip itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from fleet.messages import DriveTrip, Stop, TripEvent, TripEventKind, report_type
from plant.model import FLEET_EDGE, VehicleKind
from plant.model import Vehicle as PlantVehicle
from simulators.boxes import TransportBox, open_up
from simulators.chance import draw
from simulators.memory import JobStatus
from simulators.people.deliveries import hand_over
from simulators.people.state import People
from simulators.physics import flight as flying
from simulators.physics import road
from simulators.physics.weather import Weather, flight_stop
from simulators.rhythm.hospitals import drive_min
from simulators.scene import Scene

LONGEST_WAIT: Final = timedelta(minutes=30)
LONGEST_WAIT_REAL: Final = timedelta(seconds=20)
"""How long a driver waits until the hospital has scanned every bag; boxes that are not empty then stay there."""
_ROAD_KM_H: Final = 24.0
_REPAIR_H: Final = (1.0, 5.0)
_EMPTIES_AT_HOME: Final = "dispatch/boxes"


class Phase(StrEnum):
    """What a vehicle does."""

    HOME = "home"
    LOADING = "loading"
    OUT = "out"
    HANDING_OVER = "handing_over"
    BACK = "back"


class Motion(StrEnum):
    """Whether it can move at all."""

    SOUND = "sound"
    STUCK = "stuck"


class Vehicle(msgspec.Struct, kw_only=True):
    """State of a van or drone. `until` ends the present phase; a stuck vehicle's time stands still.

    `aboard` are the boxes on it; `waiting` are trips that it was given while it was busy, as (job, trip).
    """

    id: str
    kind: VehicleKind
    cargo: road.Cargo
    phase: Phase = Phase.HOME
    motion: Motion = Motion.SOUND
    until: datetime | None = None
    since_real: datetime | None = None
    breaks_at: datetime | None = None
    mended_at: datetime | None = None
    job: str | None = None
    trip: DriveTrip | None = None
    stop: int = 0
    aboard: list[str] = []
    waiting: list[tuple[str, DriveTrip]] = []
    flight: flying.Flight | None = None
    trips: int = 0

    @property
    def destination(self) -> Stop | None:
        """The stop that it is bound for or stands at."""
        return self.trip.stops[self.stop] if self.trip is not None and self.stop < len(self.trip.stops) else None

    def accept(self, scene: Scene, job: str, command: DriveTrip) -> str | None:
        """Take a trip; returns the reason for a refusal, or None."""
        if not command.stops or any(not stop.boxes for stop in command.stops):
            return "a trip needs stops, and boxes for each of them"
        if unknown := [box for stop in command.stops for box in stop.boxes if box not in scene.boxes]:
            return f"there is no box {unknown[0]}"
        self.waiting.append((job, command))
        return None


def new_vehicle(vehicle: PlantVehicle) -> Vehicle:
    """A vehicle at home."""
    return Vehicle(id=vehicle.id, kind=vehicle.kind, cargo=road.Cargo(22.0))


def step(scene: Scene, people: People, vehicle: Vehicle, weather: Weather, dt: float) -> None:
    """Live on to the scene's time."""
    if vehicle.motion is Motion.STUCK:
        _wait_for_repair(scene, vehicle, dt)
        return
    if vehicle.phase is Phase.HOME and vehicle.waiting:
        _begin(vehicle)
    if vehicle.phase is Phase.LOADING:
        _load(scene, vehicle, weather)
    elif vehicle.phase is Phase.OUT:
        _travel(scene, people, vehicle, weather, dt)
    elif vehicle.phase is Phase.HANDING_OVER:
        _let_go(scene, people, vehicle, weather)
    elif vehicle.phase is Phase.BACK:
        _ride_home(scene, vehicle, dt)


def break_down(scene: Scene, vehicle: Vehicle, hours: float, reason: str) -> None:
    """A vehicle that is on its way stands still for so many hours; one at home is not touched."""
    if vehicle.phase in {Phase.OUT, Phase.BACK} and vehicle.motion is Motion.SOUND:
        vehicle.motion, vehicle.mended_at = Motion.STUCK, scene.now + timedelta(hours=hours)
        scene.note("fault", fault="vehicle_stuck", target=vehicle.id, value=hours)
        _report(scene, vehicle, TripEventKind.STUCK, vehicle.aboard, reason)


def mend(scene: Scene, vehicle: Vehicle) -> None:
    """A stuck vehicle moves again now."""
    if vehicle.motion is Motion.STUCK:
        vehicle.motion, vehicle.mended_at, vehicle.breaks_at = Motion.SOUND, None, None
        _report(scene, vehicle, TripEventKind.MOVING, vehicle.aboard, "")


def _begin(vehicle: Vehicle) -> None:
    vehicle.job, vehicle.trip = vehicle.waiting.pop(0)
    vehicle.phase, vehicle.stop, vehicle.until = Phase.LOADING, 0, None
    vehicle.trips += 1


def _load(scene: Scene, vehicle: Vehicle, weather: Weather) -> None:
    """Take the boxes as they come out of the lock; it leaves when all of them are aboard."""
    wanted = [(stop, box) for stop in _trip(vehicle).stops for box in stop.boxes]
    ready = [box for stop, box in wanted if scene.boxes[box].place == f"transit/{stop.shipment}"]
    if len(ready) < len(wanted):
        return
    if vehicle.until is None:
        seconds = road.loading_s(len(ready)) if vehicle.kind is VehicleKind.VAN else 60.0
        vehicle.until = scene.now + timedelta(seconds=seconds)
    if scene.now < vehicle.until:
        return
    vehicle.aboard = [box for _, box in wanted]
    _report(scene, vehicle, TripEventKind.LOADED, vehicle.aboard, "")
    scene.note("loaded", vehicle=vehicle.id, trip=_trip(vehicle).trip, boxes=list(vehicle.aboard))
    stop = flight_stop(weather) if vehicle.kind is VehicleKind.DRONE else None
    if stop is not None:
        _report(scene, vehicle, TripEventKind.TURNED_BACK, vehicle.aboard, stop)
        scene.note("flight_stopped", vehicle=vehicle.id, reason=stop)
        _come_home(scene, vehicle)
        return
    _report(scene, vehicle, TripEventKind.DEPARTED, vehicle.aboard, "")
    scene.note("departed", vehicle=vehicle.id, trip=_trip(vehicle).trip, boxes=list(vehicle.aboard))
    _set_out(scene, vehicle)


def _set_out(scene: Scene, vehicle: Vehicle) -> None:
    """Leave for the next stop."""
    vehicle.phase = Phase.OUT
    hospital = scene.plant.hospital_by_id[_stop(vehicle).hospital]
    if vehicle.kind is VehicleKind.DRONE:
        vehicle.flight = flying.Flight(distance_m=1000.0 * (hospital.air_km or 0.0))
        return
    chance = draw(scene.seed, "drive", vehicle.id, vehicle.trips, vehicle.stop)
    minutes = drive_min(chance, hospital.size, median_min=hospital.road_min)
    if vehicle.stop > 0:  # from one hospital to the next: half of both ways, as the plant knows only the centre's
        before = scene.plant.hospital_by_id[_trip(vehicle).stops[vehicle.stop - 1].hospital]
        minutes = (minutes + before.road_min) / 2
    vehicle.until = scene.now + timedelta(minutes=minutes)
    broken_km = road.breakdown_km(minutes / 60.0 * _ROAD_KM_H, chance)
    vehicle.breaks_at = None if broken_km is None else scene.now + timedelta(hours=broken_km / _ROAD_KM_H)


def _travel(scene: Scene, people: People, vehicle: Vehicle, weather: Weather, dt: float) -> None:
    if vehicle.kind is VehicleKind.DRONE:
        _fly(scene, people, vehicle, weather, dt)
    elif vehicle.breaks_at is not None and vehicle.breaks_at <= scene.now:
        hours = draw(scene.seed, "repair", vehicle.id, vehicle.trips).uniform(*_REPAIR_H)
        break_down(scene, vehicle, hours, "the van has broken down")
    elif vehicle.until is not None and vehicle.until <= scene.now:
        _arrive(scene, people, vehicle)


def _fly(scene: Scene, people: People, vehicle: Vehicle, weather: Weather, dt: float) -> None:
    flight = _flight(vehicle)
    stop, fault = flight_stop(weather), flying.fault_at(scene.seed, vehicle.id, vehicle.trips)
    if stop is None and fault is not None and flight.flown_m >= fault * flight.distance_m:
        stop = "the drone reports a fault"
    if stop is not None and flight.heading is flying.Heading.DESTINATION and flight.phase is not flying.Phase.DESCENT:
        flying.turn_back(flight)
        scene.note("flight_stopped", vehicle=vehicle.id, reason=stop, flown_m=round(flight.flown_m))
        _report(scene, vehicle, TripEventKind.TURNED_BACK, vehicle.aboard, stop)
    flying.step(flight, dt)
    if flight.phase is flying.Phase.LANDED:
        if flight.heading is flying.Heading.HOME:
            _come_home(scene, vehicle)
        else:
            _arrive(scene, people, vehicle)


def _arrive(scene: Scene, people: People, vehicle: Vehicle) -> None:
    """At the hospital's door: every box of this stop is handed over at once, then the driver waits for the scanner."""
    stop = _stop(vehicle)
    place = scene.plant.hospital_by_id[stop.hospital].place
    boxes = [box for box in stop.boxes if box in vehicle.aboard]
    _report(scene, vehicle, TripEventKind.ARRIVED, boxes, "", stop.hospital)
    scene.note("arrived", vehicle=vehicle.id, trip=_trip(vehicle).trip, hospital=stop.hospital, boxes=boxes)
    for name in boxes:
        box = scene.boxes[name]
        bags = [bag.id for bag in scene.floor.at(box.inside)]
        hand_over(scene, people, stop.shipment, stop.hospital, name, bags)
        open_up(box, place)
    vehicle.aboard = [box for box in vehicle.aboard if box not in boxes]
    _report(scene, vehicle, TripEventKind.HANDED_OVER, boxes, "", stop.hospital)
    scene.note("handed_over", vehicle=vehicle.id, trip=_trip(vehicle).trip, hospital=stop.hospital, boxes=boxes)
    vehicle.phase, vehicle.flight = Phase.HANDING_OVER, None
    vehicle.until, vehicle.since_real = scene.now + LONGEST_WAIT, scene.real


def _let_go(scene: Scene, people: People, vehicle: Vehicle, weather: Weather) -> None:
    """Leave when the hospital has receipted the boxes, or has taken too long; its empty boxes ride along."""
    stop = _stop(vehicle)
    delivery = people.delivered.get(stop.shipment)
    unread = [] if delivery is None else [box for box in stop.boxes if box in delivery.parcels]
    given_up = (
        vehicle.until is not None
        and vehicle.since_real is not None
        and scene.now >= vehicle.until
        and scene.real >= vehicle.since_real + LONGEST_WAIT_REAL
    )
    if (unread and not given_up) or (vehicle.kind is VehicleKind.DRONE and flight_stop(weather) is not None):
        return
    room = scene.plant.vehicle_by_id[vehicle.id].boxes - len(vehicle.aboard)
    vehicle.aboard += _empties(scene, people, stop.hospital)[:room]
    for name in vehicle.aboard:
        scene.boxes[name].place = (
            f"transit/{_trip(vehicle).trip}" if not _is_full(scene, name) else scene.boxes[name].place
        )
    vehicle.stop += 1
    if vehicle.destination is not None:
        _set_out(scene, vehicle)
        return
    vehicle.phase = Phase.BACK
    hospital = scene.plant.hospital_by_id[stop.hospital]
    if vehicle.kind is VehicleKind.DRONE:
        vehicle.flight = flying.Flight(distance_m=1000.0 * (hospital.air_km or 0.0))
        return
    chance = draw(scene.seed, "way home", vehicle.id, vehicle.trips)
    vehicle.until = scene.now + timedelta(minutes=drive_min(chance, hospital.size, median_min=hospital.road_min))


def _ride_home(scene: Scene, vehicle: Vehicle, dt: float) -> None:
    if vehicle.kind is VehicleKind.DRONE:
        flying.step(_flight(vehicle), dt)  # a way home of the same length; it lands at the pad
        if _flight(vehicle).phase is flying.Phase.LANDED:
            _come_home(scene, vehicle)
    elif vehicle.until is not None and vehicle.until <= scene.now:
        _come_home(scene, vehicle)


def _come_home(scene: Scene, vehicle: Vehicle) -> None:
    """Home again: empty boxes go to their place, full ones wait behind the lock for another vehicle."""
    trip = _trip(vehicle)
    shipments = {box: stop.shipment for stop in trip.stops for box in stop.boxes}
    for name in vehicle.aboard:
        box = scene.boxes[name]
        if _is_full(scene, name):
            box.place, box.around_c = f"transit/{shipments[name]}", None
        else:
            open_up(box, _EMPTIES_AT_HOME)
    _report(scene, vehicle, TripEventKind.RETURNED, vehicle.aboard, "")
    scene.note("returned", vehicle=vehicle.id, trip=trip.trip, boxes=list(vehicle.aboard))
    if vehicle.job is not None:
        scene.memory[FLEET_EDGE].finish(vehicle.job, JobStatus.DONE)
    vehicle.phase, vehicle.until, vehicle.job, vehicle.trip, vehicle.flight = Phase.HOME, None, None, None, None
    vehicle.aboard, vehicle.breaks_at, vehicle.stop = [], None, 0


def _wait_for_repair(scene: Scene, vehicle: Vehicle, dt: float) -> None:
    if vehicle.until is not None:
        vehicle.until += timedelta(seconds=dt)
    if vehicle.mended_at is not None and vehicle.mended_at <= scene.now:
        mend(scene, vehicle)


def _empties(scene: Scene, people: People, hospital: str) -> list[str]:
    """Boxes at a hospital whose bags are receipted."""
    place = scene.plant.hospital_by_id[hospital].place
    unread = {box for delivery in people.delivered.values() for box in delivery.parcels}
    return sorted(name for name, box in scene.boxes.items() if box.place == place and name not in unread)


def _is_full(scene: Scene, name: str) -> bool:
    box: TransportBox = scene.boxes[name]
    return bool(scene.floor.at(box.inside))


def _report(
    scene: Scene,
    vehicle: Vehicle,
    kind: TripEventKind,
    boxes: Sequence[str],
    reason: str,
    hospital: str | None = None,
) -> None:
    event = TripEvent(
        trip=_trip(vehicle).trip, vehicle=vehicle.id, kind=kind, hospital=hospital, boxes=tuple(boxes), reason=reason
    )
    scene.memory[FLEET_EDGE].report(scene.now, report_type(event), event)


def _trip(vehicle: Vehicle) -> DriveTrip:
    if vehicle.trip is None:
        raise RuntimeError(f"{vehicle.id} is on no trip")
    return vehicle.trip


def _stop(vehicle: Vehicle) -> Stop:
    stop = vehicle.destination
    if stop is None:
        raise RuntimeError(f"{vehicle.id} has no stop left")
    return stop


def _flight(vehicle: Vehicle) -> flying.Flight:
    if vehicle.flight is None:
        raise RuntimeError(f"{vehicle.id} does not fly")
    return vehicle.flight
