"""The opening import: all or nothing, every faulty row named, the same file once."""

from __future__ import annotations

import pytest

from blood.isbt128 import BagId
from blood.tags import epc_of
from wms.bags.opening import COLUMNS, OpeningRefused, import_opening, parse_opening
from wms.ledger.rebuild import rebuild
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")


def line(number: int, **changes: str) -> str:
    bag = BagId(f"A999926{number:06d}", "D0002V00")
    values = {
        "bag": str(bag),
        "component": "RBC_S",
        "group": "O+",
        "status": "AVAILABLE",
        "place": f"cold-1/s1/{number:03d}",
        "volume_ml": "280",
        "collected_at": "2026-02-20T03:00:00Z",
        "expires_at": "2026-03-27T15:59:00Z",
        "donor": "donor-1",
        "epc": epc_of(bag),
        "tid": "e280",
        "tests": "negative",
        **changes,
    }
    return ",".join(values[name] for name in COLUMNS)


def content(*lines: str) -> bytes:
    return "\n".join([",".join(COLUMNS), *lines, ""]).encode()


async def bring_in(store, data: bytes) -> int:
    rows = parse_opening(store.plant, data)
    return await store.write(lambda tx: import_opening(tx, TESTER, data, rows))


async def test_bags_come_in_with_their_places_and_the_ledger_knows_them(store):
    assert await bring_in(store, content(line(1), line(2))) == 2
    assert store.bag("A999926000001-D0002V00")["place"] == "cold-1/s1/001"
    assert rebuild(store.database).equal


async def test_the_same_file_again_brings_in_nothing(store):
    data = content(line(1))
    assert await bring_in(store, data) == 1
    assert await bring_in(store, data) == 0
    assert store.one("SELECT count(*) FROM bag") == (1,)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"bag": "A999926000001"}, "bag:"),
        ({"component": "FFP"}, "component:"),
        ({"group": "C+"}, "group:"),
        ({"status": "SOLD"}, "status:"),
        ({"status": "IN_TRANSIT"}, "does not open with"),
        ({"place": "attic"}, "there is no place"),
        ({"place": "cold-1/s1/999"}, "has the slots 001 to 100"),
        ({"place": "cold-1/q1/001"}, "may not lie in the quarantine zone"),
        ({"volume_ml": "much"}, "volume_ml:"),
        ({"volume_ml": "nan"}, "volume_ml:"),
        ({"collected_at": "2026-02-20T03:00:00"}, "no time zone"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "before it was collected"),
        ({"tests": "pending"}, "negative tests and a group"),
        ({"tests": "fine"}, "neither negative nor pending"),
        ({"epc": "XYZ"}, "32 or 40 lower-case hex digits"),
        ({"epc": epc_of(BagId("A999926000777", "D0002V00"))}, "says that it is A999926000777-D0002V00"),
        ({"donor": ""}, "donor: missing"),
    ],
)
def test_a_faulty_row_is_named_with_its_line(plant, changes, fault):
    with pytest.raises(OpeningRefused) as refused:
        parse_opening(plant, content(line(1), line(2, **changes)))
    (sentence,) = refused.value.faults
    assert sentence.startswith("line 3: ")
    assert fault in sentence


def test_every_fault_is_listed(plant):
    with pytest.raises(OpeningRefused) as refused:
        parse_opening(plant, content(line(1, volume_ml="x"), line(2, group="x"), line(3)))
    assert len(refused.value.faults) == 2


def test_two_bags_in_one_slot_and_one_bag_twice_are_named(plant):
    with pytest.raises(OpeningRefused) as refused:
        parse_opening(plant, content(line(1), line(1), line(2, place="cold-1/s1/003"), line(3)))
    assert "slot cold-1/s1/003 is named 2 times" in refused.value.faults
    assert "bag A999926000001-D0002V00 is named 2 times" in refused.value.faults


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"bag,colour\n", "the columns must be"),
        (content(), "has no bags"),
        (content("a,b"), "a row has 12 columns"),
        (content(line(1) + ",more"), "a row has 12 columns"),
    ],
)
def test_a_file_that_is_no_opening_is_named(plant, data, fault):
    with pytest.raises(OpeningRefused, match=fault):
        parse_opening(plant, data)


async def test_a_second_file_with_known_bags_brings_in_nothing_at_all(store):
    await bring_in(store, content(line(1)))
    with pytest.raises(OpeningRefused, match="known already"):
        await bring_in(store, content(line(1), line(2)))
    assert store.one("SELECT count(*) FROM bag") == (1,)
