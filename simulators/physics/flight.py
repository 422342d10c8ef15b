"""The drone: what it may carry how far, how long that takes, and a flight that may have to turn back (world.md 5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from simulators.chance import draw
from simulators.physics.weather import Weather, flight_stop


@dataclass(frozen=True, slots=True)
class DroneParameters:
    """One kind of drone; lengths in metres, times in seconds."""

    speed_m_s: float = 14.0
    climb_s: float = 60.0
    descent_s: float = 60.0
    turnround_s: float = 360.0
    payload_kg: float = 5.0
    range_m: float = 15_000.0
    flights_between_faults: float = 300.0


DRONE: Final = DroneParameters()
_RESERVE: Final = 0.2  # of the battery, when the longest flight has landed
POUCH_KG: Final = 0.53  # with its coolant; twelve 1-unit bags in six pouches weigh the 5 kg that the drone lifts
RED_CELL_UNIT_KG: Final = 0.15
_POUCH_BAGS: Final = 2


class FlightRefusedError(ValueError):
    """A flight that may not start; the sentence says why."""


class Phase(StrEnum):
    """Where a flight stands."""

    CLIMB = "climb"
    CRUISE = "cruise"
    DESCENT = "descent"
    LANDED = "landed"


class Heading(StrEnum):
    """Where a flight is bound for."""

    DESTINATION = "destination"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class FlightPlan:
    """A flight that may start: distance, load and the time from take-off to touch-down."""

    distance_m: float
    payload_kg: float
    duration_s: float


class Flight(msgspec.Struct):
    """A flight under way; `flown_m` is the distance from home, `height` 0 on the ground and 1 at cruising height.

    `airborne_s` counts what the battery has given; every flight starts with a fresh one.
    """

    distance_m: float
    flown_m: float = 0.0
    airborne_s: float = 0.0
    height: float = 0.0
    phase: Phase = Phase.CLIMB
    heading: Heading = Heading.DESTINATION


def payload_kg(bag_kg: list[float]) -> float:
    """Mass under the drone of so many bags in their pouches."""
    return sum(bag_kg) + math.ceil(len(bag_kg) / _POUCH_BAGS) * POUCH_KG


def plan_flight(distance_m: float, load_kg: float, weather: Weather, parameters: DroneParameters = DRONE) -> FlightPlan:
    """The plan of a flight to a pad where the battery is changed; ``distance_m`` is one way.

    Raises FlightRefusedError when weather, load or distance forbid it.
    """
    stop = flight_stop(weather)
    if stop is not None:
        raise FlightRefusedError(f"no flight now: {stop}")
    if load_kg > parameters.payload_kg + 1e-9:
        raise FlightRefusedError(
            f"{load_kg:.2f} kg is more than the {parameters.payload_kg:.1f} kg that the drone lifts"
        )
    if not 0.0 < distance_m <= parameters.range_m:
        raise FlightRefusedError(
            f"{distance_m / 1000:.1f} km is not within the range of {parameters.range_m / 1000:.0f} km"
        )
    duration_s = parameters.climb_s + distance_m / parameters.speed_m_s + parameters.descent_s
    return FlightPlan(distance_m=distance_m, payload_kg=load_kg, duration_s=duration_s)


def take_off(plan: FlightPlan) -> Flight:
    """A flight at the moment of take-off."""
    return Flight(distance_m=float(plan.distance_m))


def turn_back(flight: Flight) -> None:
    """Head for home; a drone that has landed stays where it is, one that descends at its destination climbs again."""
    if flight.phase is Phase.LANDED or flight.heading is Heading.HOME:
        return
    flight.heading = Heading.HOME
    if flight.phase is Phase.CLIMB and flight.flown_m <= 0.0:
        flight.phase = Phase.DESCENT
    elif flight.phase is Phase.DESCENT:
        flight.phase = Phase.CLIMB


def step(flight: Flight, dt: float, parameters: DroneParameters = DRONE) -> None:
    """Advance a flight by ``dt`` seconds, through as many phases as fit."""
    left_s = dt
    while left_s > 0.0 and flight.phase is not Phase.LANDED:
        before_s = left_s
        left_s = _within_phase(flight, left_s, parameters)
        flight.airborne_s += before_s - left_s


def minutes_to_land(flight: Flight, parameters: DroneParameters = DRONE) -> float:
    """Minutes until touch-down at where the flight is bound for."""
    if flight.phase is Phase.LANDED:
        return 0.0
    if flight.phase is Phase.DESCENT:
        return flight.height * parameters.descent_s / 60.0
    ahead_m = flight.flown_m if flight.heading is Heading.HOME else flight.distance_m - flight.flown_m
    climb_s = (1.0 - flight.height) * parameters.climb_s
    return (climb_s + ahead_m / parameters.speed_m_s + parameters.descent_s) / 60.0


def battery_share(flight: Flight, parameters: DroneParameters = DRONE) -> float:
    """What is left in the battery, 0 to 1; a flight at the end of the range lands with a fifth."""
    longest_s = parameters.climb_s + parameters.range_m / parameters.speed_m_s + parameters.descent_s
    return max(1.0 - (1.0 - _RESERVE) * flight.airborne_s / longest_s, 0.0)


def fault_at(seed: int, drone: str, flight: int, parameters: DroneParameters = DRONE) -> float | None:
    """Share of the way at which this flight meets a fault, or None; one flight in three hundred does."""
    chance = draw(seed, "flight", drone, flight)
    return chance.random() if chance.random() < 1.0 / parameters.flights_between_faults else None


def _within_phase(flight: Flight, seconds: float, parameters: DroneParameters) -> float:
    """Move within the present phase; returns the seconds that are left when it ends."""
    if flight.phase is Phase.CLIMB:
        needed = (1.0 - flight.height) * parameters.climb_s
        flight.height = min(flight.height + seconds / parameters.climb_s, 1.0)
        following = Phase.CRUISE
    elif flight.phase is Phase.CRUISE:
        home = flight.heading is Heading.HOME
        needed = (flight.flown_m if home else flight.distance_m - flight.flown_m) / parameters.speed_m_s
        flown = min(seconds, needed) * parameters.speed_m_s
        flight.flown_m += -flown if home else flown
        following = Phase.DESCENT
    else:
        needed = flight.height * parameters.descent_s
        flight.height = max(flight.height - seconds / parameters.descent_s, 0.0)
        following = Phase.LANDED
    if seconds < needed:
        return 0.0
    flight.phase = following
    return seconds - needed
