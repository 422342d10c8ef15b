"""Portals of the world: what antennas hear of bags that stand, are parked or are carried through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from plant.model import Plant
from rfid.messages import Direction
from simulators.box_passages import BoxPassage, pass_boxes
from simulators.chance import draw
from simulators.floor import TagState
from simulators.passages import Passage, pass_now
from simulators.people import day as people
from simulators.radio.passes import PASS_S, standing_read, stray_read
from simulators.scene import Listening, Scene
from simulators.state import WorldState

_LOOK_AGAIN: Final = timedelta(seconds=30)


def stand_at_gates(scene: Scene, state: WorldState) -> None:
    """The first bag in front of each gate is read again and again."""
    for portal in scene.plant.portals:
        gate = state.gates.get(portal.device or "")
        if gate is None or not gate.waiting:
            continue
        bag = scene.floor.bags[gate.waiting[0]]
        if bag.tag is TagState.DEAD:
            continue
        chance = draw(scene.seed, "stand", bag.id, scene.now.timestamp())
        for reader, port in antennas(scene.plant, portal.id, "station"):
            scene.hear([standing_read(chance, reader=reader, antenna=port, epc=bag.epc, at=scene.now)])


def stray(scene: Scene, state: WorldState) -> None:
    """Bags parked in the stray field of a portal are read steadily and weakly."""
    for name, portal in state.strays.items():
        bag = scene.floor.bags.get(name)
        if bag is None:
            continue
        chance = draw(scene.seed, "stray", name, scene.now.timestamp())
        for reader, port in antennas(scene.plant, portal, "inside"):
            scene.hear([stray_read(chance, reader=reader, antenna=port, epc=bag.epc, at=scene.now)])


def carry(scene: Scene, state: WorldState) -> None:
    """Everything whose last antenna is behind it, and the shipments of locks that just opened."""
    _empty_locks(scene, state)
    _carry_boxes(scene, state)
    for passage in [passage for passage in state.passages if passage.ends <= scene.now]:
        if not _lit(scene, passage.portal):
            passage.ends = scene.now + _LOOK_AGAIN
            continue
        state.passages.remove(passage)
        left = pass_now(scene, passage)
        if left is not None:
            state.passages.append(left)
        elif passage.shipment is not None and passage.hospital is not None:
            people.leave(scene, state.people, passage.shipment, passage.hospital)
            for lock in state.locks.values():
                if lock.leaving is not None and lock.leaving.shipment == passage.shipment:
                    lock.shut()


def antennas(plant: Plant, portal: str, side: str) -> Iterator[tuple[str, int]]:
    """Antennas of one side of a portal, as (reader, port)."""
    for reader in plant.readers:
        for antenna in reader.antennas:
            if antenna.portal == portal and antenna.side == side:
                yield reader.id, antenna.port


def _empty_locks(scene: Scene, state: WorldState) -> None:
    """What stands in an open lock leaves through its portal: boxes, then bags without one. An empty lock falls shut."""
    for lock in state.locks.values():
        permit = lock.leaving
        under_way = {passage.shipment for passage in state.passages} | {one.shipment for one in state.box_passages}
        if permit is None or permit.shipment in under_way:
            continue
        portal = next(portal.id for portal in scene.plant.portals if portal.device == lock.device)
        ends = scene.now + timedelta(seconds=PASS_S)
        boxes = [box.id for box in scene.boxes.values() if box.place == lock.place]
        bags = [bag.id for bag in scene.floor.at(lock.place)]
        shipment, hospital = permit.shipment, permit.hospital
        if boxes:
            state.box_passages.append(
                BoxPassage(portal=portal, boxes=boxes, ends=ends, shipment=shipment, hospital=hospital)
            )
        elif bags:
            to_place = f"transit/{shipment}"
            state.passages.append(
                Passage(portal, Direction.OUT, bags, lock.place, to_place, ends, shipment=shipment, hospital=hospital)
            )
        else:
            lock.shut()


def _carry_boxes(scene: Scene, state: WorldState) -> None:
    for passage in [passage for passage in state.box_passages if passage.ends <= scene.now]:
        if not _lit(scene, passage.portal):
            passage.ends = scene.now + _LOOK_AGAIN
            continue
        state.box_passages.remove(passage)
        portal = next(portal for portal in scene.plant.portals if portal.id == passage.portal)
        left = pass_boxes(scene, passage, portal.inside)
        if left is not None:
            state.box_passages.append(left)
            continue
        place = f"transit/{passage.shipment}"
        boxes = [box for box in scene.boxes.values() if box.place == place]
        bags = [bag.id for box in boxes for bag in scene.floor.at(box.inside)]
        scene.note(
            "dispatched",
            shipment=passage.shipment,
            hospital=passage.hospital,
            boxes=[box.id for box in boxes],
            bags=bags,
        )


def _lit(scene: Scene, portal: str) -> bool:
    """True when the lamp of a portal says that its readers work; nobody carries bags through a dark one."""
    readers = {reader.id for reader in scene.plant.readers for antenna in reader.antennas if antenna.portal == portal}
    return all(scene.listening[reader] is Listening.YES for reader in readers)
