"""Scans by people where a portal or a crane would do it: receiving at the dock and moving a bag without a task."""

from __future__ import annotations

from blood.eligibility import BagStatus
from plant.model import PlaceKind, Plant
from wms.bags.commands import move_to
from wms.bags.facts import zone_at
from wms.bags.lifecycle import zone_agrees
from wms.bags.projection import require
from wms.bags.ranges import within
from wms.errors import Invalid, NotFound, Refused
from wms.intake import consignments
from wms.intake.arrivals import bag_came
from wms.moves.ended import complete_by_hand
from wms.moves.slots import require_place
from wms.moves.tasks import open_task_of
from wms.store.tx import Actor, Tx


def receiving_dock(tx: Tx) -> str:
    """The place inside the receiving portal; raises NotFound."""
    return consignments.receiving_dock(tx.plant)


def receive_by_hand(tx: Tx, actor: Actor, din: str) -> str:
    """A person scans a collected bag at the dock, as the receiving portal would have seen it; returns the bag id.

    Raises NotFound, Refused when no bag of that donation is on its way in.
    """
    rows = tx.raw.execute("SELECT id, status, place FROM bag WHERE din = ?", (din,)).fetchall()
    if not rows:
        raise NotFound("din.unknown", f"No bag of donation {din} is known")
    dock = receiving_dock(tx)
    for bag, status, place in rows:
        if status == BagStatus.COLLECTED.value:
            before = require(tx.raw, bag)
            if place != dock:
                move_to(tx, actor, bag, dock, tx.now, kind="bag.received", data={"by": "hand"})
            bag_came(tx, before, tx.now, is_news=place != dock)
            return str(bag)
    raise Refused("bag.not_expected", f"Donation {din} was received before; nothing of it is on its way in")


def _require_fit(plant: Plant, component: str, bag: str, path: str) -> None:
    place, envelope = plant.place_of(path), plant.envelope_of(path)
    if place.kind is PlaceKind.BOX:
        raise Invalid("place.box", f"{path} is a transport box; pack {bag} with the packing scan, which checks it")
    if place.kind is PlaceKind.OUTSIDE:
        raise Invalid("place.outside", f"{path} is outside the centre; {bag} leaves by the lock, with its shipment")
    kept = plant.components[component].storage
    if envelope is not None and not within(envelope.limits, kept):
        raise Invalid(
            "place.temperature", f"{path} does not keep {component} at its temperature; take {bag} out of there at once"
        )


def move_by_hand(tx: Tx, actor: Actor, bag: str, to_place: str) -> None:
    """A person carried a bag and scanned it where it lies now; ends the open task of the bag when it went there.

    Raises NotFound, Invalid for a place that is unknown, taken, of a zone that the bag's status forbids or of another
    temperature than its component's, a transport box (it is packed), or a place outside (it leaves by the lock).
    """
    state = require(tx.raw, bag)
    require_place(tx.raw, tx.plant, to_place, for_bag=bag)
    _require_fit(tx.plant, str(state["component"]), bag, to_place)
    status = BagStatus(str(state["status"]))
    place = tx.plant.place_of(to_place)
    if place.slots and not zone_agrees(status, zone_at(tx.plant, to_place)):
        raise Invalid("place.zone", f"Bag {bag} is {status.value}; it may not lie in the {place.zone.value} zone")
    task = open_task_of(tx.raw, bag)
    if task is not None and task.to_place == to_place:
        complete_by_hand(tx, actor, task.id, bag, to_place)
    else:
        move_to(tx, actor, bag, to_place, tx.now, data={"by": "hand"})
