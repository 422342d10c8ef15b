"""Operations by hand: genealogy, expiry to the minute, what is inherited, what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.isbt128 import BagId, parse_bag_id
from blood.operations import Measured
from plant.load import demo_text, parse_plant
from wms.bags.family import family_of
from wms.errors import Conflict, Invalid, Refused
from wms.holds.commands import lift_hold, place_hold
from wms.moves.model import MovePurpose
from wms.moves.tasks import open_task_of, request_move
from wms.operations.by_hand import OperationRefused, Work, perform
from wms.operations.catalogue import hand_operations, needs_approval, volumes_asked
from wms.operations.pieces import codes_of_split
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor

LI = Actor("li.wei", "bench-1")
DIN = "A999926000001"
DOSE = (Measured("dose_min", 28.0, "Gy"), Measured("dose_max", 42.0, "Gy"))
WASHED = (Measured("supernatant_protein", 0.2, "g"), Measured("haemolysis", 0.3, "%"), Measured("recovery", 88, "%"))


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


BOTH = (Signed("s1", "ann"), Signed("s2", "bo"))


async def stock(store, number: int = 1, product: str = "D0002V00", **fields: object) -> str:
    place = fields.pop("place", f"cold-1/s1/{number:03d}")
    return await store.add_bag(number, product, place=place, **{"status": "AVAILABLE", **fields})


async def done(store, operation: str, *bags: str, signed=(), **work: object):
    return await store.write(lambda tx: perform(tx, LI, Work(operation, bags, **work), signed))


async def refused(store, operation: str, *bags: str, words: str, error=OperationRefused, **work: object) -> None:
    before = store.rows("SELECT id, status, place, version FROM bag ORDER BY id")
    with pytest.raises(error, match=words):
        await done(store, operation, *bags, **work)
    assert store.rows("SELECT id, status, place, version FROM bag ORDER BY id") == before
    assert store.rows("SELECT id FROM batch") == []


async def test_irradiation_makes_a_new_bag_of_the_same_donation_that_waits_for_its_label(store):
    bag = await stock(
        store, antigens="K-", intended_for="patient-1", donation_type="directed", attributes="leucoreduced"
    )
    made = await done(store, "irradiate", bag, measures=DOSE)
    (child,) = made.children
    state = store.bag(child)
    assert child == f"{DIN}-D0011V00"
    assert (state["status"], state["label_check"], state["tid"], made.held) == ("QUARANTINE", "pending", None, ())
    assert (state["place"], state["volume_ml"], state["component"]) == ("prep/out", 200.0, "RBC_IRR")
    assert state["attributes"] == "irradiated,leucoreduced"
    assert (state["antigens"], state["intended_for"], state["donation_type"]) == ("K-", "patient-1", "directed")
    assert (store.bag(bag)["status"], store.bag(bag)["place"]) == ("CONSUMED", None)
    task = await store.write(lambda tx: open_task_of(tx.raw, child))
    assert task.purpose is MovePurpose.PUT_AWAY


async def test_the_earliest_bound_decides_the_expiry_to_the_minute(store):
    store.clock.step(37)  # seconds that no label says
    now = store.clock.now()
    long, short = await stock(store, 1), await stock(store, 2, expires_us=to_us(now + timedelta(days=3, seconds=41)))
    (first,) = (await done(store, "irradiate", long, measures=DOSE)).children
    (second,) = (await done(store, "irradiate", short, measures=DOSE)).children
    assert from_us(store.bag(first)["expires_us"]) == (now + timedelta(days=14)).replace(second=0)
    assert from_us(store.bag(second)["expires_us"]) == (now + timedelta(days=3, seconds=41)).replace(second=0)


async def test_thawing_gives_hours_and_never_days(store):
    bag = await stock(store, 1, "D0003V00", place="plasma-1/s1/001")
    (child,) = (await done(store, "thaw", bag)).children
    assert store.bag(child)["component"] == "FFP_T"
    assert from_us(store.bag(child)["expires_us"]) == store.clock.now() + timedelta(hours=24)


async def test_a_split_makes_divisions_of_the_same_product(store):
    bag = await stock(store)
    made = await done(store, "split", bag, volumes_ml=(60.0, 70.0, 65.0))
    assert made.children == (f"{DIN}-D0002VA0", f"{DIN}-D0002VB0", f"{DIN}-D0002VC0")
    assert [store.bag(child)["volume_ml"] for child in made.children] == [60.0, 70.0, 65.0]
    assert {store.bag(child)["component"] for child in made.children} == {"RBC_S"}
    assert {store.bag(child)["expires_us"] for child in made.children} == {store.bag(bag)["expires_us"]}
    assert store.bag(bag)["status"] == "CONSUMED"


async def test_a_piece_stays_a_piece_when_it_is_worked_on(store):
    bag = await stock(store)
    piece, _ = (await done(store, "split", bag, volumes_ml=(90.0, 90.0))).children
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET label_check = 'passed' WHERE id = ?", (piece,)))
    (child,) = (await done(store, "irradiate", piece, measures=DOSE)).children
    assert child == f"{DIN}-D0011VA0"


@pytest.mark.parametrize(
    ("volumes", "words"),
    [((), "at least two"), ((100.0,), "at least two"), ((30.0,) * 9, "at most 8"), ((150.0, 100.0), "cannot come out")],
)
async def test_a_split_that_cannot_be_is_refused(store, volumes, words):
    bag = await stock(store)
    await refused(store, "split", bag, volumes_ml=volumes, words=words, error=Invalid)


@given(st.integers(2, 26), st.sampled_from(["00", "A0", "Z0"]))
def test_pieces_have_ids_of_their_own_that_can_be_read_back(pieces: int, division: str):
    codes = codes_of_split(f"{DIN}-D0002V{division}", pieces, 26)
    assert len(set(codes)) == pieces
    assert all(parse_bag_id(str(code)) == code and code.din == DIN for code in codes)
    assert BagId(DIN, f"D0002V{division}") not in codes


async def test_a_pool_has_a_number_of_its_own_and_the_group_of_all(store):
    bags = [await stock(store, number, "D0007V00", place=f"platelet/s1/{number:03d}", expires_us=_soon(store, number))
            for number in range(1, 5)]  # fmt: skip
    measures = (Measured("volume", 180.0, "mL"), Measured("platelets", 240.0, "1e9"))
    made = await done(store, "pool", *bags, volumes_ml=(180.0,), measures=measures)
    (pool,) = made.children
    state = store.bag(pool)
    assert (pool[:13], state["donor"], state["abo_rhd"]) == ("A999926950000", "pool A999926950000", "O+")
    assert from_us(state["expires_us"]) == store.clock.now() + timedelta(hours=6)
    with store.database.read() as conn:
        family = family_of(conn, bags[2])
    assert {edge.operation for edge in family.edges} == {"pool"}
    assert {node.id for node in family.nodes} == {pool, *bags}


def _soon(store, days: int) -> int:
    return to_us(store.clock.now() + timedelta(days=days))


async def test_a_pool_of_two_groups_or_of_too_few_is_refused(store):
    bags = [await stock(store, number, "D0007V00", place=f"platelet/s1/{number:03d}", abo_rhd=group)
            for number, group in enumerate(("O+", "O+", "O+", "A+"), start=1)]  # fmt: skip
    await refused(store, "pool", *bags, volumes_ml=(180.0,), words="one confirmed group")
    await refused(store, "pool", *bags[:2], volumes_ml=(90.0,), words="4 to 6 bags", error=Invalid)


async def test_an_expired_plasma_becomes_frozen_plasma_only_by_two_people_and_a_reason(store):
    bag = await stock(store, 1, "D0003V00", place="plasma-1/s1/001", expires_us=to_us(store.clock.now()) - 1)
    await refused(store, "relabel", bag, words="two people", error=Refused, reason="past one year")
    await refused(store, "relabel", bag, words="two people", error=Refused, reason="x", signed=BOTH[:1])
    await refused(store, "relabel", bag, words="needs a reason", error=Invalid, signed=BOTH)
    (child,) = (await done(store, "relabel", bag, reason="past one year", signed=BOTH)).children
    collected = from_us(store.bag(bag)["collected_us"])
    local = from_us(store.bag(child)["expires_us"]).astimezone(ZoneInfo("Asia/Shanghai"))
    assert (store.bag(child)["component"], local.hour, local.minute) == ("FP", 23, 59)
    assert local - collected > timedelta(days=1400)
    (entry,) = store.rows("SELECT data FROM ledger WHERE kind = 'operation.done'")
    assert json.loads(entry[0])["people"] == ["ann", "bo"]


def test_only_a_relabel_may_lengthen_an_expiry_and_only_it_needs_two_people():
    operations = hand_operations(parse_plant(demo_text()))
    assert {one.recipe.value for one in operations if needs_approval(one)} == {"relabel"}
    assert {one.recipe.value for one in operations} >= {
        "separate", "split", "pool", "wash", "irradiate", "thaw", "freeze", "relabel", "virus_inactivate",
        "deglycerolise", "leucoreduce", "open",
    }  # fmt: skip
    assert all(one.source and one.status for one in operations)


@pytest.mark.parametrize("operation", ["irradiate", "wash", "leucoreduce", "split", "open"])
async def test_no_operation_makes_a_later_expiry(store, operation):
    bag = await stock(store)
    asked = next(volumes_asked(one) for one in hand_operations(store.plant) if one.recipe.value == operation)
    volumes = (90.0,) * (2 if asked is None else asked)
    made = await done(store, operation, bag, volumes_ml=volumes, measures=(*DOSE, *WASHED))
    assert all(store.bag(child)["expires_us"] <= store.bag(bag)["expires_us"] for child in made.children)


async def test_an_opened_bag_stays_itself_expires_sooner_and_is_labelled_anew(store):
    bag = await stock(store)
    made = await done(store, "open", bag)
    state = store.bag(bag)
    assert made.children == (bag,)
    assert (state["status"], state["label_check"], state["attributes"]) == ("QUARANTINE", "pending", "opened")
    assert from_us(state["expires_us"]) == store.clock.now() + timedelta(hours=24)


async def test_freezing_by_hand_is_judged_by_the_record_that_people_read(store):
    good, bad = [await stock(store, number, "D0003V00", place="prep/out", status="PROCESSING", process_check="pending")
                 for number in (1, 2)]  # fmt: skip
    record = (Measured("minutes_to_target", 45.0, "min"), Measured("lowest_core", -31.0, "Cel"))
    await done(store, "freeze", good, measures=record)
    held = await done(store, "freeze", bad, measures=(Measured("lowest_core", -31.0, "Cel"),))
    assert (store.bag(good)["status"], store.bag(good)["process_check"]) == ("QUARANTINE", "passed")
    assert (store.bag(bad)["process_check"], held.held) == ("failed", (bad,))
    assert "minutes_to_target was not measured" in store.one("SELECT reason FROM hold")[0]


async def test_measures_outside_their_limits_set_the_child_aside_and_hold_it(store):
    bag = await stock(store)
    made = await done(store, "irradiate", bag, measures=(Measured("dose_min", 12.0, "Gy"), DOSE[1]))
    (child,) = made.children
    assert (store.bag(child)["status"], made.held) == ("NONCONFORMING", (child,))
    assert "dose_min 12 Gy" in store.one("SELECT reason FROM hold")[0]
    record = json.loads(store.one("SELECT record FROM batch")[0])
    assert record["units"][0]["outcome"] == "out_of_limits"
    assert record["units"][0]["measures"][0] == {
        "name": "dose_min",
        "value": 12.0,
        "unit": "Gy",
        "min": 25.0,
        "max": None,
    }


async def test_what_was_made_by_hand_is_a_batch_that_can_be_held(store):
    bag = await stock(store)
    made = await done(store, "irradiate", bag, measures=DOSE)
    hold = await store.write(lambda tx: place_hold(tx, LI, batch=made.batch, reason="dosimeter wrong"))
    assert store.rows("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", made.children[0])
    await store.write(lambda tx: lift_hold(tx, LI, hold, "dosimeter right", BOTH))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tests": "not_negative"}, "tests"),
        ({"tests": "pending"}, "tests"),
        ({"status": "CONSUMED"}, "status"),
        ({"status": "RESERVED"}, "other_order"),
        ({"claim": "pre-1"}, "claimed"),
        ({"custody": "hospital", "hospital": "east-lake"}, "custody"),
        ({"expires_us": 1}, "expired"),
        ({"collected_us": 1}, "too old"),
        ({"label_check": "pending"}, "label"),
    ],
)
async def test_a_bag_that_must_not_go_is_not_worked_on(store, fields, words):
    bag = await stock(store, **fields)
    await refused(store, "irradiate", bag, measures=DOSE, words=words)


async def test_a_held_or_carried_bag_is_not_worked_on(store):
    held, carried = await stock(store, 1), await stock(store, 2)
    await store.write(lambda tx: place_hold(tx, LI, bag=held, reason="torn"))
    await refused(store, "irradiate", held, measures=DOSE, words="hold: torn")
    await store.write(lambda tx: request_move(tx, LI, carried, purpose=MovePurpose.RESTOCK, to_place="dispatch/gate"))
    await store.write(lambda tx: tx.raw.execute("UPDATE task SET state = 'sent'"))
    await refused(store, "irradiate", carried, measures=DOSE, words="is carrying it")


async def test_work_that_makes_no_sense_is_named(store):
    bag, plasma = await stock(store), await stock(store, 2, "D0003V00", place="plasma-1/s1/001")
    for operation, bags, asked, words in (
        ("juggle", (bag,), {}, "juggle of RBC_S is not done here"),
        ("wash", (plasma,), {"volumes_ml": (1.0,)}, "wash of FFP is not done here"),
        ("wash", (bag,), {}, "asks for 1 volumes"),
        ("irradiate", (bag,), {"volumes_ml": (200.0,)}, "asks for 0 volumes"),
        ("irradiate", (bag, bag), {}, "each bag once"),
        ("irradiate", (), {}, "each bag once"),
        ("irradiate", (bag,), {"place": "attic"}, "no place attic"),
        ("irradiate", (bag, plasma), {}, "not done here"),
    ):
        await refused(store, operation, *bags, words=words, error=Invalid, **asked)


async def test_what_is_known_already_is_not_made_again(store):
    bag = await stock(store)
    await store.add_bag(1, "D0011V00")
    await refused(store, "irradiate", bag, measures=DOSE, words="known already", error=Conflict)


async def test_several_bags_are_several_units_where_each_stays_whole(store):
    bags = [await stock(store, number) for number in (1, 2, 3)]
    made = await done(store, "irradiate", *bags, measures=DOSE)
    assert [child[:13] for child in made.children] == [bag[:13] for bag in bags]


async def test_whole_blood_is_separated_by_hand_when_the_robot_is_down(store):
    blood = await store.add_bag(1, "D0001V00", place="dock", status="COLLECTED", tests="pending", abo_rhd=None,
                                label_check="pending", process_check="pending")  # fmt: skip
    made = await done(store, "separate", blood, output="RBC_S", volumes_ml=(220.0, 180.0))
    red, plasma = made.children
    assert (store.bag(red)["status"], store.bag(plasma)["status"]) == ("QUARANTINE", "PROCESSING")
    assert store.bag(blood)["status"] == "CONSUMED"
