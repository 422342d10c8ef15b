"""Rules of telling: everybody who has a bag hears of it once, answers, and alarms while silent."""

from __future__ import annotations

import pytest
from outbound_store import PLANT
from recall_world import CHEN, RED

from wms.alarms.conditions import RECALL_UNANSWERED
from wms.alarms.stake import at_stake
from wms.errors import Conflict, Invalid, NotFound
from wms.recall import read
from wms.recall.notices import acknowledge
from wms.recall.settings import recall_settings

DIN, OTHER = "A999926000001", "A999926000002"
HOSPITAL = PLANT.hospitals[0].id
OTHER_HOSPITAL = PLANT.hospitals[1].id


async def answer(world, case: str, notice: str, text: str = "taken from the refrigerator", **limits: object) -> None:
    await world.store.write(lambda tx: acknowledge(tx, CHEN, case, notice, text, **limits))


def told(world, case: str) -> dict[str, tuple[str, ...]]:
    return {f"{one.kind.value}/{one.holder}": one.bags for one in world.case(case).notices}


def alarms(world) -> list[str]:
    query = "SELECT source FROM alarm WHERE condition = :condition AND known = 'active'"
    return [source for (source,) in world.store.all(query, condition=RECALL_UNANSWERED)]


async def test_the_centre_and_the_hospital_each_hear_of_their_own_bags(world):
    _, red, plasma = await world.donation(DIN)
    await world.set(red, status="RECEIVED", custody="hospital", hospital=HOSPITAL)
    case = await world.open(din=DIN)
    assert told(world, case) == {f"centre/{PLANT.site.id}": (plasma,), f"hospital/{HOSPITAL}": (red,)}


async def test_a_bag_on_the_road_is_told_to_its_vehicle_and_to_where_it_goes(world):
    _, red, _ = await world.donation(DIN)
    await world.set(red, status="IN_TRANSIT", place="box/cool-1")
    vehicle = PLANT.vehicles[0].id
    shipment = "INSERT INTO shipment (id, order_id, hospital, state, created_us) VALUES ('s1','o1',?,'in_transit',1)"
    trip = (
        "INSERT INTO trip (id, vehicle, state, created_us, departs_us, detail, why_en, why_zh) "
        "VALUES ('t1', ?, 'under_way', 1, 1, '', '', '')"
    )
    stop = "INSERT INTO trip_stop (trip, shipment, position, hospital, eta_us) VALUES ('t1', 's1', 1, ?, 2)"
    inside = "INSERT INTO shipment_bag (shipment, bag, line) VALUES ('s1', ?, 'l1')"
    for sql, value in ((shipment, HOSPITAL), (inside, red), (trip, vehicle), (stop, HOSPITAL)):
        await world.store.write(lambda tx, sql=sql, value=value: tx.raw.execute(sql, (value,)))
    case = await world.open(din=DIN)
    assert told(world, case)[f"vehicle/{vehicle}"] == (red,)
    assert told(world, case)[f"hospital/{HOSPITAL}"] == (red,)
    (bag,) = [bag for bag in world.case(case).reach.bags if bag.bag == red]
    assert (bag.vehicle, bag.hospital) == (vehicle, HOSPITAL)


async def test_a_patient_of_a_transfused_bag_is_named_by_the_hospitals_pseudonym(world):
    _, red, _ = await world.donation(DIN)
    await world.set(red, status="TRANSFUSED", custody="hospital", hospital=HOSPITAL, patient="pat-7")
    case = await world.open(din=DIN)
    (patient,) = world.case(case).reach.patients
    assert (patient.hospital, patient.bag, patient.patient) == (HOSPITAL, red, "pat-7")
    assert told(world, case)[f"hospital/{HOSPITAL}"] == (red,)


async def test_a_bag_that_travels_on_is_told_to_its_new_holder(world):
    _, red, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    await world.set(red, status="RECEIVED", custody="hospital", hospital=HOSPITAL)
    await world.follow()
    assert told(world, case) == {
        f"centre/{PLANT.site.id}": tuple(sorted((red, plasma))),
        f"hospital/{HOSPITAL}": (red,),
    }
    before = len(world.case(case).notices)
    await world.follow()
    assert len(world.case(case).notices) == before


async def test_what_comes_after_an_answer_is_a_notice_of_its_own(world):
    await world.donation(DIN)
    case = await world.open(din=DIN)
    (first,) = world.case(case).notices
    await answer(world, case, first.id)
    late = await world.bag(DIN, PLANT.product_of("PLT_C"), "d1")
    await world.follow()
    later = [one for one in world.case(case).notices if one.id != first.id]
    assert [one.bags for one in later] == [(late,)]
    assert later[0].acknowledged_at is None


async def test_an_answer_needs_words_and_is_given_once(world):
    await world.donation(DIN)
    case = await world.open(din=DIN)
    (notice,) = world.case(case).notices
    with pytest.raises(Invalid):
        await answer(world, case, notice.id, "  ")
    await answer(world, case, notice.id)
    with pytest.raises(Conflict, match=r"chen\.jing"):
        await answer(world, case, notice.id)


async def test_a_hospital_answers_and_reads_its_own_notices_only(world):
    _, red, _ = await world.donation(DIN)
    await world.set(red, status="RECEIVED", custody="hospital", hospital=HOSPITAL)
    case = await world.open(din=DIN)
    mine = next(one for one in world.case(case).notices if one.holder == HOSPITAL)
    centre = next(one for one in world.case(case).notices if one.holder != HOSPITAL)
    for notice, hospital in ((mine, OTHER_HOSPITAL), (centre, HOSPITAL)):
        with pytest.raises(NotFound):
            await answer(world, case, notice.id, hospital=hospital)
    with world.store.read() as conn:
        now = world.store.clock.now()
        assert read.hospital_notices(conn, PLANT, OTHER_HOSPITAL, now) == ()
        (seen,) = read.hospital_notices(conn, PLANT, HOSPITAL, now)
    assert [bag.bag for bag in seen.bags] == [red]
    await answer(world, case, mine.id, hospital=HOSPITAL)


async def test_a_silent_holder_is_an_alarm_until_it_answers(world):
    await world.donation(DIN)
    case = await world.open(din=DIN)
    (notice,) = world.case(case).notices
    world.store.clock.step(recall_settings().acknowledge_within.total_seconds() - 1)
    await world.follow()
    assert alarms(world) == []
    world.store.clock.step(1)
    await world.follow()
    assert alarms(world) == [notice.id]
    assert world.case(case).notices[0].overdue
    with world.store.read() as conn:
        stake = at_stake(conn, PLANT, notice.id, RECALL_UNANSWERED, lambda _: None)
    assert stake.bags == notice.bags
    await answer(world, case, notice.id)
    assert alarms(world) == []


async def test_nobody_is_told_of_a_bag_that_exists_no_more(world):
    whole, red, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    named = {bag for bags in told(world, case).values() for bag in bags}
    assert named == {red, plasma}
    assert whole not in named


def test_every_number_of_the_settings_names_its_source():
    settings = recall_settings()
    assert settings.acknowledge_within_min.source
    assert all(reason.source and reason.name_en and reason.name_zh for reason in settings.reasons)
    assert len({reason.code for reason in settings.reasons}) == len(settings.reasons)


async def test_a_stranger_is_in_no_notice(world):
    await world.donation(DIN)
    stranger = await world.bag(OTHER, RED, "d2")
    case = await world.open(din=DIN)
    assert all(stranger not in bags for bags in told(world, case).values())
