"""A world with packed boxes behind the lock, and how the tests of the fleet speak to it."""

from __future__ import annotations

import json
from datetime import timedelta

from simulators_day import AT, SEED

from blood.isbt128 import BagId
from fleet.messages import DriveTrip, Stop
from plant.load import demo_text, parse_plant
from plant.model import FLEET_EDGE
from simulators import boxes
from simulators.floor import new_bag
from simulators.people.day import People, receive
from simulators.people.pace import TEST
from simulators.physics.box import Conditioning
from simulators.state import new_state
from simulators.world import World

SHIPMENT = "shp-1"


def fleet_world() -> World:
    """An empty centre with its vehicles at home."""
    plant = parse_plant(demo_text())
    return World(plant, new_state(plant, SEED, AT, People(year=2026, next_din=1)), TEST)


def fill(world: World, box: str, shipment: str = SHIPMENT, bags: int = 3) -> list[str]:
    """A packed box that has left the lock."""
    names = []
    for _ in range(bags):
        number = len(world.floor.bags) + 1
        bag = new_bag(
            world.plant, SEED, BagId(f"A999926{number:06d}", "D0002V00"), group="O+", volume_ml=280.0, donor="d",
            collected_at=AT - timedelta(days=3), place=f"box/{box}", temperature_c=4.0,
        )  # fmt: skip
        world.floor.add(bag)
        names.append(bag.id)
    one = world.state.boxes[box]
    boxes.close(world.plant, one, world.floor.at(one.inside), Conditioning.FOR_HEAT)
    one.logger, one.place = boxes.LoggerState.RUNNING, f"transit/{shipment}"
    return names


def drive(world: World, vehicle: str, *stops: tuple[str, str, tuple[str, ...]], trip: str = "trp-1") -> str:
    parts = tuple(Stop(hospital=hospital, shipment=shipment, boxes=names) for hospital, shipment, names in stops)
    payload = (
        b'{"type":"drive_trip","trip":"'
        + trip.encode()
        + b'","stops":'
        + json.dumps(
            [{"hospital": part.hospital, "shipment": part.shipment, "boxes": list(part.boxes)} for part in parts]
        ).encode()
        + b"}"
    )
    assert DriveTrip(trip=trip, stops=parts)
    return world.start_job(vehicle, f"job-{trip}", payload.decode()).status.value


def live(world: World, minutes: float, *, scans: bool = True) -> None:
    for _ in range(round(minutes * 6)):
        now = world.state.now + timedelta(seconds=10)
        world.advance(now, now)
        if scans:
            receipt(world)


def receipt(world: World) -> None:
    """Every hospital scans what it was handed."""
    for shipment in list(world.state.people.delivered):
        receive(world.scene, world.state.people, shipment, returned_share=0.0)


def events(world: World, kind: str = "trip-event") -> list[dict[str, object]]:
    lines = [json.loads(text) for _, text in world.state.memory[FLEET_EDGE].journal.lines]
    return [line["data"] for line in lines if kind in line["type"]]


def told(world: World) -> list[str]:
    return [str(event["kind"]) for event in events(world)]


def fair(world: World) -> None:
    """No wind and no rain for a day."""
    weather = world.state.depot.weather
    weather.spell_left_s = weather.airspace_left_s = 86_400.0
    weather.spells = weather.airspaces = 1
