"""A plant document either hangs together or is refused with every fault named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from blood.eligibility import Zone
from blood.identifiers import IdentifierScheme
from plant.load import PlantError, demo_text, load_plant, parse_plant
from plant.model import FLEET_EDGE, DeviceKind, PlaceKind
from plant.signals import signals_of

DEMO = demo_text()


def test_the_demo_plant_loads() -> None:
    plant = parse_plant(DEMO)
    assert plant.place_of("cold-1/s1/004").zone is Zone.STOCK
    envelope = plant.envelope_of("plasma-1/q1/001")
    assert envelope is not None
    assert envelope.limits.max_c == -18.0
    assert {probe.id for probe in plant.probes_covering("cold-1/s1/004")} == {"cold-1-air", "cold-1-load"}
    assert plant.slots("cold-1/n1")[0] == "cold-1/n1/001"
    assert plant.envelope_of("dock") is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('cell = "works", kind = "crane"', 'cell = "work", kind = "crane"', "unknown cell 'work'"),
        ('metric = "Door/Open"', 'metric = "Door/Opened"', "no signal 'Door/Opened'"),
        ('covers = ["cold-1"]', 'covers = ["cold-9"]', "unknown place 'cold-9'"),
        ('envelope = "cold"', 'envelope = "warm"', "unknown envelope 'warm'"),
        ('component = "FFP"', 'component = "FFX"', "FFX"),
        ("version = 1", "version = 1\ncolour = 3", "colour"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Nowhere"', "not a time zone"),
        ('id = "reader-2"', 'id = "reader-1"', "named 2 times"),
        ('portal = "p4-gate"', 'portal = "p9"', "no portal 'p9'"),
        ("red_days = 1.5", "red_days = 9.5", "must rise"),
        ('code = "D0001V00"', 'code = "D0001V0"', "product"),
        ('only = ["RBC_F"]', 'only = ["RBC_X"]', "RBC_X"),
        ("capacity = 10", "capacity = 0", "holds nothing"),
        ("carries = 10", "carries = 0", "carries 0 bags"),
        ('shelf = "cold-1/s1"', 'shelf = "cold-1"', "no shelf 'cold-1'"),
        ('port = 1, shelf = "cold-1/s1"', "port = 1", "belongs to a portal or to a shelf"),
        ('device = "crane-1", seconds', 'device = "robot-1", seconds', "'robot-1' carries nothing"),
        ('from = "prep/out"', 'from = "prep/exit"', "unknown place 'prep/exit'"),
        ('portal = "p3" }', 'portal = "p4-gate" }', "no passage portal 'p4-gate'"),
        ("seconds = 35.0", "seconds = 0.0", "takes 0.0 s"),
        (", payload_kg = 5.0", "", "a drone needs payload_kg"),
        ('"07:30"', '"7.30"', "no time of day"),
        ('id = "r20-2"', 'id = "robot-1"', "named 2 times"),
    ],
)
def test_a_fault_is_named(old: str, new: str, named: str) -> None:
    assert old in DEMO
    with pytest.raises(PlantError, match=named):
        parse_plant(DEMO.replace(old, new, 1))


def test_a_transport_box_is_a_place_with_a_logger_of_its_own() -> None:
    plant = parse_plant(DEMO)
    place, envelope = plant.place_of("box/f20-1"), plant.envelope_of("box/f20-1")
    assert place.kind is PlaceKind.BOX
    assert envelope is not None
    assert envelope.limits.max_c == -18.0
    assert [probe.id for probe in plant.probes_covering("box/f20-1")] == ["f20-1-logger"]
    assert plant.edge_by_device["f20-1"] == FLEET_EDGE
    assert plant.edge_by_device["drone-1"] == FLEET_EDGE
    assert plant.edge_by_device["crane-1"] == "plc-works"


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlantError, match=r"nowhere\.toml"):
        load_plant(tmp_path / "nowhere.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("version = ", encoding="utf-8")
    with pytest.raises(PlantError, match=r"broken\.toml"):
        load_plant(broken)


@pytest.mark.parametrize("kind", list(DeviceKind))
def test_every_kind_of_machine_has_signals_with_distinct_names(kind: DeviceKind) -> None:
    metrics = [signal.metric for signal in signals_of(kind)]
    assert metrics
    assert len(set(metrics)) == len(metrics)


def test_a_site_chooses_its_identifiers_and_has_isbt_128_otherwise() -> None:
    assert parse_plant(DEMO).identifiers.scheme is IdentifierScheme.ISBT128
    text = DEMO.replace('facility = "A9999"', 'facility = "31011", identifiers = "cn-15-10"')
    chinese = parse_plant(re.sub(r'code = "(D\d{4}V00)"', r'code = "\g<1>01"', text))
    assert chinese.identifiers.scheme is IdentifierScheme.CN_15_10


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ('facility = "A999O"', "site.facility"),
        ('facility = "A9999", identifiers = "gs1"', "identifiers"),
        ('facility = "A9999", identifiers = "cn-15-10"', "products.D0001V00"),
        ('facility = "A9999", tag_afi = 0', "tag_afi"),
    ],
)
def test_identifiers_that_cannot_be_are_named(new: str, fault: str) -> None:
    with pytest.raises(PlantError, match=re.escape(fault)):
        parse_plant(DEMO.replace('facility = "A9999"', new))
