"""The opening state: the CSV and the snapshot are the same bags."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from simulators_day import AT, SEED

from blood.eligibility import Zone
from blood.isbt128 import parse_bag_id
from plant.model import Plant
from simulators.people.opening import COLUMNS, write_opening
from simulators.people.opening_shelves import NoSlotError, Shelves
from simulators.state import SnapshotError, load_state


@pytest.fixture
def written(plant: Plant, tmp_path: Path) -> tuple[list[dict[str, str]], Path]:
    table, snapshot = tmp_path / "opening.csv", tmp_path / "simulate" / "world.json"
    write_opening(plant, SEED, AT, table, snapshot)
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file)), snapshot


def test_the_stock_file_and_the_world_agree_on_every_bag(
    plant: Plant, written: tuple[list[dict[str, str]], Path]
) -> None:
    rows, snapshot = written
    state = load_state(snapshot, plant)
    assert tuple(rows[0]) == COLUMNS
    assert {row["bag"] for row in rows} == set(state.bags)
    for row in rows:
        bag = state.bags[row["bag"]]
        assert (row["component"], row["group"], row["place"], row["epc"], row["tid"], row["donor"]) == (
            bag.component,
            bag.group,
            bag.place,
            bag.epc,
            bag.tid,
            bag.donor,
        )
        assert parse_bag_id(row["bag"]).din.startswith(f"A9999{row['collected_at'][2:4]}")


def test_the_opening_has_bags_at_every_stage_and_most_groups_in_stock(
    written: tuple[list[dict[str, str]], Path],
) -> None:
    rows, _ = written
    stages = Counter((row["component"], row["status"]) for row in rows)
    assert stages["RBC_S", "AVAILABLE"] == pytest.approx(300, abs=5)
    assert stages["FFP", "AVAILABLE"] == pytest.approx(200, abs=5)
    for component, least in {"FP": 20, "FFP_MB": 30, "CRYO": 40, "PLT_A": 24, "RBC_F": 20}.items():
        assert stages[component, "AVAILABLE"] >= least
    assert stages["PLT_A", "QUARANTINE"] > 0
    assert stages["WB", "COLLECTED"] > 0
    assert stages["RBC_S", "QUARANTINE"] > 0
    assert stages["FFP", "QUARANTINE"] > 0
    assert stages["FFP", "PROCESSING"] > 0
    groups = Counter(row["group"] for row in rows if row["status"] == "AVAILABLE" and row["component"] != "RBC_F")
    negative = sum(count for group, count in groups.items() if group.endswith("-"))
    assert 0.01 <= negative / sum(groups.values()) <= 0.03


def test_both_cold_rooms_and_both_plasma_freezers_are_in_use_and_every_bag_suits_its_place(
    plant: Plant, written: tuple[list[dict[str, str]], Path]
) -> None:
    rows, _ = written
    stock = Counter(row["place"].partition("/")[0] for row in rows if row["status"] == "AVAILABLE")
    assert set(stock) == {"cold-1", "cold-2", "platelet", "plasma-1", "plasma-2", "ult"}
    assert stock["cold-2"] > 100
    assert stock["plasma-2"] > 100
    for row in rows:
        shelf = plant.place_of(row["place"])
        envelope, storage = plant.envelope_of(row["place"]), plant.components[row["component"]].storage
        assert not shelf.only or row["component"] in shelf.only
        if shelf.slots:
            assert envelope is not None
            assert storage.max_c is None or (envelope.max_c is not None and envelope.max_c <= storage.max_c)


def test_rare_red_cells_are_years_old_rhd_negative_and_deep_frozen(
    plant: Plant, written: tuple[list[dict[str, str]], Path]
) -> None:
    rows, snapshot = written
    rare = [row for row in rows if row["component"] == "RBC_F"]
    assert all(row["group"].endswith("-") and row["place"].startswith("ult/") for row in rare)
    assert all(row["collected_at"] < "2026" for row in rare)
    bags = load_state(snapshot, plant).bags
    assert all(bags[row["bag"]].core_c < -65 for row in rare)


def test_nothing_in_stock_has_expired(written: tuple[list[dict[str, str]], Path]) -> None:
    rows, _ = written
    assert all(row["expires_at"] > AT.isoformat() for row in rows if row["status"] == "AVAILABLE")


def test_the_tote_on_the_road_has_a_despatch_note(plant: Plant, written: tuple[list[dict[str, str]], Path]) -> None:
    _, snapshot = written
    people = load_state(snapshot, plant).people
    (tote,), (note,) = people.totes, people.unannounced.values()
    assert tote.note == note.id
    assert [f"{din}-{product}" for din, product in note.items] == tote.bags


def test_a_plant_without_a_shelf_for_a_bag_says_so(plant: Plant) -> None:
    shelves = Shelves(plant)
    with pytest.raises(NoSlotError, match="RBC_F in zone quarantine"):
        shelves.take("RBC_F", Zone.QUARANTINE)
    assert not shelves.has("RBC_F", Zone.QUARANTINE)
    assert shelves.has("RBC_F", Zone.STOCK)


def test_no_slot_holds_two_bags_and_pending_bags_are_never_released(
    written: tuple[list[dict[str, str]], Path],
) -> None:
    rows, _ = written
    slots = Counter(row["place"] for row in rows if row["place"].count("/") == 2)
    assert max(slots.values()) == 1
    assert {row["tests"] for row in rows if row["status"] == "AVAILABLE"} == {"negative"}


def test_the_same_seed_writes_the_same_files(plant: Plant, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_opening(plant, SEED, AT, tmp_path / name / "opening.csv", tmp_path / name / "world.json")
    for file in ("opening.csv", "world.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"version": 1}'])
def test_a_damaged_snapshot_is_refused_by_name(plant: Plant, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "world.json"
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match=r"world\.json"):
        load_state(path, plant)
