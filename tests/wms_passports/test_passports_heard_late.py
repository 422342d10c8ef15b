"""Readings, reports and children that come after people have looked: nothing that turns out worse stays undecided."""

from __future__ import annotations

from datetime import timedelta

from passport_house import START, TESTER, House, Opened, line
from test_passports_dispositions import ONE, QA, holds, only, warm, watched

from blood.eligibility import BagStatus
from hemovault.services.passports import Passports
from runtime.health import HealthPart
from wms.bags.commands import change_status, create_bag, move_to
from wms.passports.decide import Decision, decide
from wms.passports.outcomes import DispositionOutcome as Outcome
from wms.passports.read import list_dispositions
from wms.passports.watch import SEARCH_EVERY, Looks
from wms.store.metadata import to_us
from wms.store.tx import Tx

DAY = 24 * 60


async def child_of(house: House, parent: str, minute: float) -> str:
    """A bag made of another one, which is used up by it, in another store."""
    made, child = START + timedelta(minutes=minute), parent[:-1] + "9"
    columns = (
        "din, product, component, status, volume_ml, collected_us, expires_us, donor, donation_type, custody, tests"
    )
    (values,) = house.rows(f"SELECT {columns} FROM bag WHERE id = ?", parent)
    fields = dict(zip(columns.split(", "), values, strict=True))
    checks = {"process_check": "passed", "label_check": "passed"}

    def make(tx: Tx) -> None:
        fate = BagStatus.CONSUMED
        create_bag(
            *(tx, TESTER, child),
            kind="bag.made",
            place="cold-2/s1/001",
            at=made,
            fields=fields | checks,
            parents=[parent],
        )
        change_status(tx, TESTER, parent, fate, "bag.consumed", ended_us=to_us(made))
        move_to(tx, TESTER, parent, None, made)

    await house.write(make)
    return child


async def test_an_excursion_of_long_ago_that_is_heard_now_is_looked_at(house: House) -> None:
    """A logger that is read out two days after the journey, a spool that was cut off for longer than a day."""
    bag = await house.add_bag()
    looks = Looks()
    for probe in ("cold-1-load", "cold-1-air"):
        house.measure(probe, line((-10, 60, 4, 4)))
    house.pass_minutes(60)
    assert await watched(house, looks) == []
    house.pass_minutes(2 * DAY)
    for probe in ("cold-1-load", "cold-1-air"):
        house.measure(probe, line((2 * DAY - 200, 2 * DAY + 61, 4, 4)))
    await watched(house, looks)  # a silence of two days, which ends when the readings of that time come
    house.pass_minutes(SEARCH_EVERY / timedelta(minutes=1) + 1)
    house.measure("cold-1-load", line((60, 90, 4, 4), (90, 110, 7, 7), (110, 2 * DAY - 200, 4, 4)))
    house.measure("cold-1-air", line((60, 2 * DAY - 200, 4, 4)))
    assert "storage_alarm" in await watched(house, looks)
    assert "temperature:storage_alarm" in holds(house, bag)


async def test_readings_that_come_into_the_middle_of_a_known_excursion_are_looked_at(house: House) -> None:
    bag = await house.add_bag()
    looks = Looks()
    warm(house, 7.0, 20)
    assert await watched(house, looks) == ["storage_alarm"]
    house.measure("cold-1-load", [(60, 7.0), *((minute + 0.5, 12.0) for minute in range(60, 79)), (80, 4.0)])
    assert await watched(house, looks) == ["over_limit"]
    assert holds(house, bag) == ["temperature:over_limit"]


async def test_what_turns_out_graver_than_what_was_decided_asks_anew(house: House) -> None:
    """People released 20 minutes at 7 degrees; a late reading says that it was 12."""
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE, "short and mild"), ONE))
    assert holds(house, bag) == []
    house.measure("cold-1-load", [(minute + 0.5, 12.0) for minute in range(65, 75)])
    assert await watched(house) == ["over_limit"]
    assert holds(house, bag) == ["temperature:over_limit"]


async def test_the_same_event_known_a_little_better_does_not_ask_again(house: House) -> None:
    await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE, "short and mild"), ONE))
    house.measure("cold-1-load", [(minute + 0.5, 7.1) for minute in range(65, 75)])
    assert await watched(house) == []


async def test_what_a_bag_was_made_of_is_held_against_it_when_it_is_heard_late(house: House) -> None:
    parent = await house.add_bag()
    child = await child_of(house, parent, 120)
    for probe in ("cold-2-load", "cold-2-air"):
        house.steady(probe, 240)
    warm(house, 12.0, 20)
    assert await watched(house) == ["over_limit"]
    assert holds(house, child) == ["temperature:over_limit"]
    with house.database.read() as conn:
        (item,) = list_dispositions(conn, house.plant)
    assert (item.bag, parent in item.detail_en, parent in item.detail_zh) == (child, True, True)


async def test_a_packed_bag_is_held_by_the_look_that_makes_its_passport(house: House) -> None:
    """No passport that asks people something is ready to be sealed before they were asked."""
    bag = await house.add_bag(status="PACKED")
    warm(house, 12.0, 20)
    service = Passports(Opened(house), house.history, HealthPart("passports"))
    assert await service.draft_once() == 1
    assert holds(house, bag) == ["temperature:over_limit"]


async def test_red_cells_in_a_freezer_are_asked_about_though_the_freezer_is_well(house: House) -> None:
    """No probe is outside its limits there: it is the bag that is in the wrong place."""
    bag = await house.add_bag(place="cold-1/s1/001")
    for probe, celsius in (("cold-1-load", 4), ("cold-1-air", 4), ("plasma-1-load", -28), ("plasma-1-air", -28)):
        house.steady(probe, 200, celsius)
    await house.move(bag, "plasma-1/s1/001", 60)
    await house.move(bag, "cold-1/s1/001", 75)
    house.pass_minutes(120)
    assert await watched(house) == ["red_cells_frozen"]
    assert holds(house, bag) == ["temperature:red_cells_frozen"]


async def test_a_silence_that_goes_on_where_the_bag_is_taken_to_is_one(house: House) -> None:
    """Three hours under one dead edge and two under another are five of which nobody knows anything."""
    bag = await house.add_bag()
    for probe in ("cold-1-load", "cold-1-air"):
        house.measure(probe, line((-10, 60, 4, 4), (400, 500, 4, 4)))
    for probe in ("cold-2-load", "cold-2-air"):
        house.measure(probe, line((-10, 60, 4, 4), (360, 500, 4, 4)))
    await house.move(bag, "cold-2/s1/001", 240)
    house.pass_minutes(499)
    assert await watched(house) == ["no_data"]


async def test_minutes_of_which_nothing_is_known_between_two_that_were_outside_count_as_outside(house: House) -> None:
    """A probe that says 8 degrees, is silent for 25 minutes, and says 8 again: that was no mild ten minutes."""
    await house.add_bag()
    readings = line((-10, 60, 4, 4), (60, 65, 8, 8), (90, 95, 8, 8), (95, 200, 4, 4))
    house.measure("cold-1-load", readings)
    house.measure("cold-1-air", line((-10, 60, 4, 4), (90, 200, 4, 4)))
    house.pass_minutes(199)
    assert await watched(house) == ["over_limit"]


async def test_short_times_outside_that_come_again_and_again_are_confirmed_by_their_sum(house: House) -> None:
    """A flutter around the limit clears nothing, nor does a file that puts good readings between the bad ones."""
    bag = await house.add_bag()
    flutter = [(60 + minute, 8.0 if minute % 2 == 0 else 5.0) for minute in range(40)]
    house.measure("cold-1-load", [*line((-10, 60, 4, 4)), *flutter, *line((100, 200, 4, 4))])
    house.measure("cold-1-air", line((-10, 200, 4, 4)))
    house.pass_minutes(199)
    assert await watched(house) == ["storage_alarm"]
    assert (house.passport(bag).verdict, only(house).minutes) == ("outside", 20)


async def test_an_overdue_probe_vouches_for_nothing_and_what_it_says_is_outside_is_asked_about(house: House) -> None:
    """The air probe is well and says 4 degrees; the probe in the blood says 12, and nobody calibrated it in time."""
    bag = await house.add_bag()
    await house.calibrate("cold-1-load", due=60)
    house.measure("cold-1-load", line((-10, 60, 4, 4)))
    house.doubt("cold-1-load", line((60, 80, 4, 4), (80, 100, 12, 12), (100, 200, 4, 4)))
    house.measure("cold-1-air", line((-10, 200, 4, 4)))
    house.pass_minutes(199)
    assert await watched(house) == ["over_limit"]
    assert (house.passport(bag).verdict, only(house).minutes, only(house).worst_c) == ("outside", 20, 12)


async def test_what_an_overdue_probe_says_is_inside_changes_nothing(house: House) -> None:
    bag = await house.add_bag()
    await house.calibrate("cold-1-load", due=60)
    house.measure("cold-1-load", line((-10, 60, 4, 4)))
    house.doubt("cold-1-load", line((60, 200, 4, 4)))
    house.measure("cold-1-air", line((-10, 60, 4, 4)))
    house.pass_minutes(199)
    assert await watched(house) == []
    assert house.passport(bag).verdict == "unknown"


async def test_a_spike_of_an_overdue_probe_condemns_nobody(house: House) -> None:
    bag = await house.add_bag()
    await house.calibrate("cold-1-load", due=60)
    house.measure("cold-1-load", line((-10, 60, 4, 4)))
    house.doubt("cold-1-load", [(minute, 85.0 if minute in {80, 90, 100} else 4.0) for minute in range(60, 200)])
    house.measure("cold-1-air", line((-10, 200, 4, 4)))
    house.pass_minutes(199)
    assert await watched(house) == []
    assert house.passport(bag).verdict == "kept"
