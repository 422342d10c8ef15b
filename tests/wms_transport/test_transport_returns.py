"""What hospitals send back: taken in, put apart, and only into stock again when everything about it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from outbound_looks import alarms, logger_says, ordered, shipments, sign_for

from blood.eligibility import BagStatus
from blood.evidence import Evidence
from blood.out_of_control import OutOfControlRule, judge
from rfid.messages import Crossing, Direction
from wms.bags import clock
from wms.bags.commands import change_status, move_to
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import place_hold
from wms.inbox.handlers import crossing_seen
from wms.store.tx import Actor
from wms.transport.read import list_returns
from wms.transport.returns import ReturnWish, Verdict, announce, decide, proposed, receive

NURSE, CHEN = Actor("east-lake-bank", "hospital"), Actor("chen.qa", "desk-2")
READER = Actor("device:reader-1", "rfid-1")


async def delivered(store, floor, bags: int = 1, *, warm: bool = False) -> list[str]:
    """Bags that east-lake has received."""
    made = [await store.bag(days=10 + number) for number in range(bags)]
    await ordered(store, bags)
    await floor.run(20)
    (travels,) = shipments(store)
    if warm:
        await logger_says(store, "r20-1", outside=True)
        await floor.run(5, step_s=300)
        await logger_says(store, "r20-1", outside=False)
        await floor.run(1)
    await sign_for(store, travels.id, made)
    return made


async def told(store, *bags: str, **said: object) -> str:
    values = {"hospital": "east-lake", "bags": bags, "reason": "not needed", "temperature_ok": True, "visual_ok": True}
    wish = ReturnWish(**{**values, **said})
    return await store.write(lambda tx: announce(tx, NURSE, wish))


async def comes_in(store, floor, bag: str, direction: Direction = Direction.IN) -> None:
    now = store.clock.now()
    crossing = Crossing(portal="p5", reader="reader-1", epc=floor.epc(bag), direction=direction,
                        first_seen=now - timedelta(seconds=1), last_seen=now, reads=9, peak_rssi_dbm=-50)  # fmt: skip
    await floor.tell(crossing_seen, READER, crossing)


async def settled(store, return_id: str, bag: str, verdict: Verdict, comment: str = "looked at") -> None:
    await store.write(lambda tx: decide(tx, CHEN, return_id, bag, verdict, comment))


async def test_an_announced_bag_comes_through_the_portal_and_goes_back_into_stock(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    number = await told(store, bag)
    await comes_in(store, floor, bag)
    state = store.state_of(bag)
    assert (state["status"], state["place"], state["custody"]) == ("RETURNED_PENDING", "returns", "centre")
    assert store.all("SELECT zone FROM task WHERE bag = :bag AND state = 'waiting'", bag=bag) == [("returned",)]
    await settled(store, number, bag, Verdict.RESTOCK)
    assert store.state_of(bag)["status"] == "AVAILABLE"
    assert store.all("SELECT zone FROM task WHERE bag = :bag AND state = 'waiting'", bag=bag) == [("stock",)]
    with store.read() as conn:
        assert list_returns(conn) == ()
        (shown,) = list_returns(conn, everything=True)
    assert (shown.bags[0].state, shown.bags[0].decided_by) == ("restocked", "chen.qa")


async def test_the_portal_has_a_manual_twin(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    other = await store.bag()
    number = await told(store, bag)
    assert await store.write(lambda tx: receive(tx, CHEN, number, bag)) == "returns"
    assert store.state_of(bag)["status"] == "RETURNED_PENDING"
    with pytest.raises(Conflict):
        await store.write(lambda tx: receive(tx, CHEN, number, bag))
    with pytest.raises(Refused):
        await store.write(lambda tx: receive(tx, CHEN, number, other))
    with pytest.raises(NotFound):
        await store.write(lambda tx: receive(tx, CHEN, "ret-nothing", bag))


async def test_what_nobody_announced_is_named_and_never_goes_into_stock(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    await comes_in(store, floor, bag)
    assert alarms(store, "return_unannounced") == [(bag, "unacknowledged")]
    assert store.state_of(bag)["status"] == "RETURNED_PENDING"
    with store.read() as conn:
        (shown,) = list_returns(conn)
    with pytest.raises(Refused, match="said nothing about its temperature"):
        await settled(store, shown.id, bag, Verdict.RESTOCK)
    await settled(store, shown.id, bag, Verdict.NONCONFORMING)
    assert store.state_of(bag)["status"] == "NONCONFORMING"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"temperature_ok": False}, "could not keep its temperature"),
        ({"temperature_ok": None}, "said nothing about its temperature"),
        ({"visual_ok": False}, "did not look right"),
        ({"visual_ok": None}, "nobody looked"),
    ],
)
async def test_unknown_is_no(store, floor, said: dict[str, object], words: str) -> None:
    (bag,) = await delivered(store, floor)
    number = await told(store, bag, **said)
    await comes_in(store, floor, bag)
    with pytest.raises(Refused, match=words):
        await settled(store, number, bag, Verdict.RESTOCK)
    assert store.state_of(bag)["status"] == "RETURNED_PENDING"


async def test_a_box_that_was_warm_on_its_way_there_speaks_against_stock(store, floor) -> None:
    (bag,) = await delivered(store, floor, warm=True)
    number = await told(store, bag)
    await comes_in(store, floor, bag)
    with pytest.raises(Refused, match="outside its range"):
        await settled(store, number, bag, Verdict.RESTOCK)


async def test_a_bag_that_stood_at_the_returns_desk_for_longer_than_half_an_hour_is_no_stock(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    number = await told(store, bag)
    await comes_in(store, floor, bag)
    store.clock.step(31 * 60)
    with pytest.raises(Refused, match="31 min out of control, at most 30"):
        await settled(store, number, bag, Verdict.RESTOCK)
    assert store.state_of(bag)["status"] == "RETURNED_PENDING"


async def test_a_held_bag_does_not_go_into_stock(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    number = await told(store, bag)
    await comes_in(store, floor, bag)
    await store.write(lambda tx: place_hold(tx, CHEN, bag=bag, reason="look-back"))
    with pytest.raises(Refused, match="look-back"):
        await settled(store, number, bag, Verdict.RESTOCK)


async def test_a_return_closes_when_every_bag_of_it_is_decided(store, floor) -> None:
    bags = await delivered(store, floor, 2)
    number = await told(store, *bags)
    for bag in bags:
        await comes_in(store, floor, bag)
    await settled(store, number, bags[0], Verdict.RESTOCK)
    with store.read() as conn:
        assert len(list_returns(conn)) == 1
    await settled(store, number, bags[1], Verdict.NONCONFORMING)
    with store.read() as conn:
        assert list_returns(conn) == ()
    with pytest.raises(Conflict):
        await settled(store, number, bags[0], Verdict.NONCONFORMING)


async def test_a_wrong_announcement_changes_nothing(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    other = await store.bag()
    for error, bags, said in (
        (NotFound, (bag,), {"hospital": "nowhere"}),
        (Invalid, (), {}),
        (Invalid, (bag, bag), {}),
        (Invalid, (bag,), {"reason": " "}),
        (Refused, (other,), {}),
        (Refused, (bag,), {"hospital": "county"}),
        (NotFound, ("A999926999999-D0002V00",), {}),
    ):
        with pytest.raises(error):
            await told(store, *bags, **said)
    assert store.all("SELECT id FROM hospital_return") == []
    await told(store, bag)
    with pytest.raises(Refused, match="announced already"):
        await told(store, bag)


async def test_a_decision_needs_a_word_and_a_bag_that_is_here(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    number = await told(store, bag)
    with pytest.raises(Conflict):
        await settled(store, number, bag, Verdict.RESTOCK)
    await comes_in(store, floor, bag)
    with pytest.raises(Invalid):
        await settled(store, number, bag, Verdict.RESTOCK, " ")


async def test_a_stray_read_at_the_returns_portal_changes_nothing(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    await comes_in(store, floor, bag, Direction.UNKNOWN)
    assert store.state_of(bag)["status"] == "RECEIVED"


async def test_a_bag_that_came_back_and_goes_out_again_is_an_alarm_and_held(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    await told(store, bag)
    await comes_in(store, floor, bag)
    store.clock.step(60)
    await floor.cross(floor.epc(bag))
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]
    assert len(store.all("SELECT id FROM hold WHERE bag = :bag AND lifted_us IS NULL", bag=bag)) > 0


async def test_a_receipt_that_is_scanned_again_after_its_bag_came_back_does_not_give_it_away(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    (travels,) = shipments(store)
    number = await told(store, bag)
    await comes_in(store, floor, bag)
    await settled(store, number, bag, Verdict.RESTOCK)
    (again,) = await sign_for(store, travels.id, [bag])
    state = store.state_of(bag)
    assert again.verdict == "wrong_bag"
    assert (state["custody"], state["place"]) == ("centre", "returns")
    assert state["status"] != "RECEIVED"
    assert alarms(store, "wrong_bag") == [(bag, "unacknowledged")]


async def test_a_receipt_that_is_scanned_again_after_the_bag_was_issued_changes_nothing(store, floor) -> None:
    (bag,) = await delivered(store, floor)
    (travels,) = shipments(store)
    await store.write(lambda tx: change_status(tx, NURSE, bag, BagStatus.ISSUED, "bag.issued"))
    await sign_for(store, travels.id, [bag])
    assert store.state_of(bag)["status"] == "ISSUED"
    assert store.all("SELECT id FROM hold WHERE bag = :bag", bag=bag) == []


UK_RULE = OutOfControlRule(30, Evidence("JPAC change notification 33-2016", "unverified"), 60, 6, 3)


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


BOTH = (Signed("s1", "ann"), Signed("s2", "bo"))


async def look(store, number: str, bag: str):
    return await store.write(lambda tx: proposed(tx, number, bag))


async def back(store, floor, minutes: int, bag: str = "") -> tuple[str, str]:
    """A bag that came back and stood so many minutes at the desk before it was put into the cold again."""
    one = bag or (await delivered(store, floor))[0]
    number = await told(store, one)
    await comes_in(store, floor, one)
    store.clock.step(minutes * 60)
    await store.write(lambda tx: move_to(tx, CHEN, one, "cold-1/r1/001", tx.now))
    return number, one


@pytest.fixture
def uk_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that knows a rest in quarantine."""
    monkeypatch.setattr(clock, "judge", lambda _rule, events, at: judge(UK_RULE, events, at))


@pytest.mark.usefixtures("uk_rule")
async def test_a_bag_that_was_out_for_three_quarters_of_an_hour_rests_six_hours_first_and_two_people_decide(
    store, floor
) -> None:
    number, bag = await back(store, floor, 45)
    found = await look(store, number, bag)
    assert (found.may, found.two_people) == ((Verdict.QUARANTINE, Verdict.NONCONFORMING), True)
    assert found.until == store.clock.now() + timedelta(hours=6)
    with pytest.raises(Refused, match="rests until"):
        await settled(store, number, bag, Verdict.RESTOCK)
    with pytest.raises(Refused, match="two people"):
        await settled(store, number, bag, Verdict.QUARANTINE)
    await store.write(lambda tx: decide(tx, CHEN, number, bag, Verdict.QUARANTINE, "looks well", BOTH))
    state = store.state_of(bag)
    assert (state["status"], state["place"]) == ("RETURNED_PENDING", "cold-1/r1/001")
    assert store.all("SELECT reason FROM hold WHERE lifted_us IS NULL") == [("resting after a return",)]
    with store.read() as conn:
        (shown,) = list_returns(conn)
    assert (shown.bags[0].state, shown.bags[0].quarantine_until) == ("quarantined", found.until)
    store.clock.step(5 * 3600)
    with pytest.raises(Refused, match="rests until"):
        await store.write(lambda tx: decide(tx, CHEN, number, bag, Verdict.RESTOCK, "looks well", BOTH))
    store.clock.step(3600)
    with pytest.raises(Refused, match="two people"):
        await settled(store, number, bag, Verdict.RESTOCK)
    await store.write(lambda tx: decide(tx, CHEN, number, bag, Verdict.RESTOCK, "looks well", BOTH))
    assert store.state_of(bag)["status"] == "AVAILABLE"
    assert store.all("SELECT reason FROM hold WHERE lifted_us IS NULL") == []
    with store.read() as conn:
        assert list_returns(conn) == ()


@pytest.mark.usefixtures("uk_rule")
async def test_a_bag_that_was_out_for_more_than_an_hour_is_nonconforming_and_nothing_else(store, floor) -> None:
    number, bag = await back(store, floor, 61)
    assert (await look(store, number, bag)).may == (Verdict.NONCONFORMING,)
    await settled(store, number, bag, Verdict.NONCONFORMING)
    assert store.state_of(bag)["status"] == "NONCONFORMING"


async def test_the_clock_counts_over_the_whole_life_and_not_from_the_return_on(store, floor) -> None:
    bag = await store.bag(days=10)
    store.clock.step(60)
    await store.write(lambda tx: move_to(tx, CHEN, bag, "belt/cold-1", tx.now))
    store.clock.step(22 * 60)
    await store.write(lambda tx: move_to(tx, CHEN, bag, "cold-1/s1/001", tx.now))
    await ordered(store, 1)
    await floor.run(20)
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag])
    number, _ = await back(store, floor, 9, bag)
    found = await look(store, number, bag)
    assert found.may == (Verdict.NONCONFORMING,)
    assert "out of control, at most 30" in found.against[0]
