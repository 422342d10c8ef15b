"""A site that numbers its bags by the Chinese codes of 15 and 10 characters lives like any other, where codes allow."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from blood.eligibility import DonationType
from blood.identifiers import IDENTIFIERS, IdentifierScheme
from blood.isbt128 import BagId, ScanError
from blood.operations import OperationKind
from dashboards.scanning import Scanned, read_scan
from plant.load import demo_text, parse_plant
from plant.model import Plant
from wms.bags.read import bag_detail
from wms.bags.tags import bag_of_tag, contradiction
from wms.errors import Invalid, Refused
from wms.intake.collection import Collection, collect
from wms.intake.consignments import number_of
from wms.moves.by_hand import receive_by_hand
from wms.operations.catalogue import hand_operations
from wms.operations.pieces import codes_of
from wms.preparation.pools import is_pool_din, next_pool_din
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
CN = IDENTIFIERS[IdentifierScheme.CN_15_10]
DONATION = "310112600000042"


@pytest.fixture(scope="session")
def plant() -> Plant:
    text = demo_text().replace('facility = "A9999"', 'facility = "31011", identifiers = "cn-15-10"')
    return parse_plant(re.sub(r'"(D\d{4}V00)"', r'"\g<1>01"', text))


def collection(store, **changes) -> Collection:
    given = {
        "din_scan": f"]C0{DONATION}",
        "din_scan_again": DONATION,
        "samples": (DONATION,),
        "donor": "donor-7",
        "volume_ml": 400.0,
        "target_ml": 400.0,
        "anticoagulant": "CPDA-1",
        "started_at": store.clock.now() - timedelta(minutes=8),
        "ended_at": store.clock.now(),
        "sealed_at": store.clock.now(),
        "device": "shaker-1",
        "device_serial": "S-100",
        "operator": "nurse",
        "donation_type": DonationType.ALLOGENEIC,
    }
    return Collection(**{**given, **changes})


async def test_a_donation_is_collected_tagged_and_received_under_its_own_number(store):
    bag = await store.write(lambda tx: collect(tx, TESTER, collection(store)))
    assert bag == f"{DONATION}-D0001V0001"
    epc = store.bag(bag)["epc"]
    assert str(CN.bag_of(epc)) == bag
    assert await store.write(lambda tx: bag_of_tag(tx, epc)) == bag
    number = store.plant.identifiers.parse_din_scan(f" {DONATION}\r\n")
    assert await store.write(lambda tx: receive_by_hand(tx, TESTER, number)) == bag
    with store.database.read() as connection:
        assert bag_detail(connection, store.plant, bag).check_character == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"din_scan_again": "310112600000043"}, "din_scan_again"),
        ({"din_scan": "=A99992600004200"}, "din_scan"),
        ({"din_scan": "410112600000042", "din_scan_again": "410112600000042"}, "din_scan"),
        ({"samples": ("310112600000043",)}, "samples"),
    ],
)
async def test_a_number_that_does_not_fit_is_named(store, changes, field):
    with pytest.raises(Invalid) as raised:
        await store.write(lambda tx: collect(tx, TESTER, collection(store, **changes)))
    assert raised.value.code == field


def test_scans_of_the_label_are_understood_in_either_order(plant):
    wanted = Scanned(DONATION, "D0002V0001")
    assert read_scan(plant.identifiers, DONATION, "D0002V0001") == wanted
    assert read_scan(plant.identifiers, "D0002V0001", DONATION) == wanted
    assert read_scan(plant.identifiers, f"{DONATION}D0002V0001", None) == wanted
    with pytest.raises(ScanError, match="same bar code"):
        read_scan(plant.identifiers, DONATION, DONATION)
    assert number_of(plant, DONATION, "D0002V0001") == BagId(DONATION, "D0002V0001")


def test_a_tag_that_names_another_bag_is_told(plant):
    bag = BagId(DONATION, "D0002V0001")
    assert contradiction(plant.identifiers, str(bag), CN.epc_of(bag)) is None
    wrong = contradiction(plant.identifiers, str(bag), CN.epc_of(BagId(DONATION, "D0003V0001")))
    assert wrong is not None
    assert "D0003V0001" in wrong


async def test_what_the_codes_have_no_rule_for_is_refused_not_invented(store, plant):
    assert not is_pool_din(plant, DONATION)
    with pytest.raises(Refused) as raised:
        await store.write(next_pool_din)
    assert raised.value.code == "pool.numbers"
    split = next(one for one in hand_operations(plant) if one.recipe is OperationKind.SPLIT)
    with pytest.raises(Invalid, match="no division"):
        codes_of(plant, split, DONATION, f"{DONATION}-D0002V0001", 2)
