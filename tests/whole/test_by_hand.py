"""With any one machine down a person does its step by scanner, every other machine works on, and the bag arrives.

Each step on the way out is taken from its machine in turn; the wrong bag there is refused by name and changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from whole.hands import Hands, codes

from hemovault.whole import opening
from hemovault.whole.building import open_centre
from hemovault.whole.centre import CentrePlan
from plant.load import demo_text, parse_plant
from simulators.faults import cause
from simulators.people.api_client import RefusedByWarehouse
from simulators.scenarios.script import Opening, Scenario, pace_of
from wms.machines.outbox import OutgoingCommand

pytestmark = pytest.mark.timeout(600)
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
STORES = ("cold-1", "cold-2", "platelet", "plasma-1", "plasma-2", "ult")


@asynccontextmanager
async def centre_with(folder: Path, stock: int) -> AsyncIterator[Hands]:
    """A quiet centre with so many bags of red cells in the first cold room, all released."""
    plant = parse_plant(demo_text())
    keep = dict.fromkeys(STORES, 0) | {"cold-1": stock}
    scenario = Scenario(
        name="by-hand", number=0, title_en="", title_zh="", seed=5, start=START, hours=4.0, keep=keep,
        opening=Opening.STOCK, expected=("none",),
    )  # fmt: skip
    plan = CentrePlan(plant, opening.of_scenario(plant, scenario), pace_of(scenario), scenario.seed)
    async with open_centre(plan, folder) as centre:
        await centre.people["operator"].get("/overview")  # signed in
        yield Hands(centre)


def cause_all(hands: Hands, fault: str, *targets: str) -> None:
    for target in targets:
        cause(hands.centre.world, fault, target)


# ---- each machine: what breaks it, and its step by hand --------------------------------------------------------------


async def without_the_crane(hands: Hands, bag: str, other: str) -> None:
    await hands.minutes(5)
    assert hands.bag(bag)["status"] == "RESERVED"
    await hands.refused("/scans/pick", codes(other), "no_order")
    hands.carry(bag, "dispatch/gate")
    await hands.done("/scans/pick", codes(bag))


async def without_belts_and_mobile_robot(hands: Hands, bag: str, other: str) -> None:
    await hands.minutes(5)
    assert hands.bag(bag)["place"] == "cold-1/s1/001", "a crane brings nothing to a belt that stands"
    (task,) = [task for task in (await hands.ask("/tasks"))["items"] if task["bag"] == bag]
    assert task["waits_for_en"]
    path, books = f"/tasks/{task['id']}/complete", hands.books()
    with pytest.raises(RefusedByWarehouse, match=r"task\.wrong_bag"):
        await hands.scan(path, {**codes(other), "at_place": "dispatch/gate"})
    assert hands.books() == books
    hands.carry(bag, "dispatch/gate")
    await hands.scan(path, {**codes(bag), "at_place": "dispatch/gate"})


async def nobody(hands: Hands, bag: str, other: str) -> None:
    """The other carrier goes round the one that stands."""
    del hands, bag, other


async def without_the_gate(hands: Hands, bag: str, other: str) -> None:
    await hands.until_bag(bag, place="dispatch/gate")
    await hands.minutes(3)
    await hands.refused("/scans/gate", codes(other), "gate_refused")
    await hands.done("/scans/gate", codes(bag))
    hands.carry(bag, str(hands.bag(bag)["place"]))


async def without_the_packing_station(hands: Hands, bag: str, other: str) -> None:
    await hands.until_bag(bag, status="PICKED", place="dispatch/sort-1")
    await hands.minutes(30)
    box = await _cold_box(hands)
    await hands.refused("/scans/pack", {**codes(other), "box": box}, "no_order")
    hands.carry(bag, f"box/{box}")
    await hands.done("/scans/pack", {**codes(bag), "box": box})
    await hands.done("/scans/pack/close", {"box": box, "coolant_ok": True, "logger_started": True})
    hands.close_box(box, "dispatch/check")


async def without_the_tunnel(hands: Hands, bag: str, other: str) -> None:
    await hands.until_bag(bag, status="PACKED")
    await hands.minutes(8)
    box = str(hands.bag(bag)["place"]).removeprefix("box/")
    before = hands.bag(other)
    wrong = await hands.scan("/scans/box-check", {"box": box, "items": [codes(other)]})
    assert (wrong["accepted"], wrong["code"]) == (False, "box_content")
    assert hands.bag(other) == before
    assert hands.bag(bag)["status"] == "PACKED"
    await hands.done("/scans/box-check", {"box": box, "items": [codes(bag)]})


async def without_the_lock(hands: Hands, bag: str, other: str) -> None:
    await hands.until_bag(bag, status="PACKED")
    await hands.minutes(8)
    box, shipment = str(hands.bag(bag)["place"]).removeprefix("box/"), hands.shipment()
    assert hands.bag(bag)["status"] == "PACKED"
    await hands.refused("/scans/let-go", {"shipment": shipment, "items": [codes(other)]}, "lock_content")
    await hands.done("/scans/let-go", {"shipment": shipment, "items": [codes(bag)]})
    hands.push_box(box, f"transit/{shipment}")


async def without_the_fleet(hands: Hands, bag: str, other: str) -> None:
    del other  # the road carries boxes: the wrong one is refused
    await hands.until_bag(bag, status="IN_TRANSIT")
    shipment, box = str(hands.shipment()), str(hands.bag(bag)["place"]).removeprefix("box/")
    trips = "SELECT id FROM trip"
    await hands.until("a trip is planned", lambda: bool(hands.rows(trips)))
    trip = str(hands.rows(trips)[0]["id"])
    wrong = next(one.id for one in hands.centre.plant.boxes if one.id != box)
    await hands.refused(f"/trips/{trip}/load", {"box": wrong}, "box_other_trip")
    await hands.done(f"/trips/{trip}/load", {"box": box})
    await hands.done(f"/trips/{trip}/depart", {})
    await hands.minutes(20)
    stop = {"hospital": "provincial", "box": box}
    await hands.refused(f"/trips/{trip}/hand-over", stop, "box_other_stop")
    hands.give_box(box, shipment, "city-first")
    await hands.done(f"/trips/{trip}/hand-over", {"hospital": "city-first", "box": box})


async def _cold_box(hands: Hands) -> str:
    boxes = (await hands.ask("/picking"))["boxes"]
    return str(next(box["id"] for box in boxes if box["kind"] == "cold" and box["state"] == "empty"))


def _silence_the_fleet(hands: Hands) -> None:
    async def lost(command: OutgoingCommand) -> None:
        del command

    hands.centre.fleet.bring = lost  # type: ignore[method-assign]  # no vehicle hears of its trip


Step = Callable[[Hands, str, str], Awaitable[None]]
Break = Callable[[Hands], None]
CASES: dict[str, tuple[Break, Step]] = {
    "crane-1": (lambda hands: cause_all(hands, "hold", "crane-1"), without_the_crane),
    "conv-1": (lambda hands: cause_all(hands, "hold", "conv-1"), nobody),
    "amr-1": (lambda hands: cause_all(hands, "hold", "amr-1"), nobody),
    "conv-1 amr-1": (lambda hands: cause_all(hands, "hold", "conv-1", "amr-1"), without_belts_and_mobile_robot),
    "gate-1": (lambda hands: cause_all(hands, "hold", "gate-1"), without_the_gate),
    "pack-1": (lambda hands: cause_all(hands, "hold", "pack-1"), without_the_packing_station),
    "tunnel": (lambda hands: cause_all(hands, "reader_deaf", "reader-2/4"), without_the_tunnel),
    "lock": (lambda hands: cause_all(hands, "reader_deaf", "reader-2/2", "reader-2/3"), without_the_lock),
    "fleet": (_silence_the_fleet, without_the_fleet),
}

KNOWN_AFTER_MIN = {"lock": 20}
"""A reader that falls silent is told as deaf after a quarter of an hour at this rate; the lock gets no permit then."""


@pytest.mark.parametrize("machine", CASES)
async def test_with_one_machine_down_its_step_is_done_by_scanner_and_the_bag_arrives(
    machine: str, tmp_path: Path
) -> None:
    breaks, step_by_hand = CASES[machine]
    async with centre_with(tmp_path, stock=6) as hands:
        first, *_ = hands.rows("SELECT id FROM bag ORDER BY id")
        breaks(hands)
        await hands.minutes(KNOWN_AFTER_MIN.get(machine, 0))
        await hands.order(str(first["id"]))
        bag = await hands.ordered()
        other = str(hands.rows("SELECT id FROM bag WHERE status = 'AVAILABLE' ORDER BY id")[0]["id"])
        await step_by_hand(hands, bag, other)
        await hands.until_bag(bag, status="RECEIVED")
        assert hands.bag(bag)["place"] == "hospital/city-first"
        assert hands.bag(other)["status"] == "AVAILABLE"
