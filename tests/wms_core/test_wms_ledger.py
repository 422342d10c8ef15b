"""The ledger: sealed in order, and a changed row, a cut tail and a rewritten chain are all found."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from blood.eligibility import BagStatus
from wms.bags.commands import change_status, move_to
from wms.holds.commands import place_hold
from wms.ledger.chain import Entry, Head, canonical, genesis, seal
from wms.ledger.head import HeadError, HeadKey, read_head, write_head
from wms.ledger.read import entries, entries_of_bag, export
from wms.ledger.rebuild import rebuild
from wms.ledger.verify import verify
from wms.store.database import driver_of
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")


@pytest.fixture
async def signed(store, tmp_path):
    """A store with a story and an exported head; returns what `verify` needs."""
    bag = await store.add_bag()
    await store.write(lambda tx: change_status(tx, TESTER, bag, BagStatus.AVAILABLE, "bag.released"))
    store.clock.step(60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/s1/001", tx.now))
    key = HeadKey.load_or_make(tmp_path / "ledger-key.pem")
    export_head(store, tmp_path, key)
    return tmp_path / "head.json", tmp_path / "ledger-key.pub"


def export_head(store, folder: Path, key: HeadKey) -> None:
    write_head(folder / "head.json", key, store.plant.site.id, store.writer.head, store.clock.real_now())


def check(store, signed):
    return verify(store.database, store.plant.site.id, *signed)


def tamper(store, *statements: str) -> None:
    """What somebody with the file and a shell would do."""
    with store.database.write_engine.connect() as connection:
        raw = driver_of(connection)
        on_table = "" if connection.dialect.name == "sqlite" else " ON ledger"
        for verb in ("update", "delete"):
            raw.execute(f"DROP TRIGGER IF EXISTS ledger_refuses_{verb}{on_table}")
        for statement in statements:
            raw.execute(statement)


async def test_an_honest_ledger_verifies(store, signed):
    verdict = check(store, signed)
    assert verdict.ok, verdict.fault
    assert verdict.entries == 3
    assert verdict.head == store.writer.head.hash.hex()


async def test_entries_after_the_signed_head_verify_too(store, signed):
    await store.add_bag(2)
    assert check(store, signed).ok


async def test_a_changed_row_is_found(store, signed):
    tamper(store, "UPDATE ledger SET actor = 'somebody-else' WHERE seq = 2")
    assert "Entry 2 is not what was written" in check(store, signed).fault


async def test_a_ledger_of_any_length_is_read_a_page_at_a_time(store, signed, monkeypatch):
    monkeypatch.setattr("wms.ledger.verify._PAGE", 2)
    assert check(store, signed).entries == 3
    assert [json.loads(line)["seq"] for line in export(store.database)] == [1, 2, 3]
    tamper(store, "UPDATE ledger SET actor = 'somebody-else' WHERE seq = 3")
    assert "Entry 3 is not what was written" in check(store, signed).fault


async def test_a_removed_row_is_found(store, signed):
    tamper(store, "DELETE FROM ledger WHERE seq = 2")
    assert "Entry 2 is missing" in check(store, signed).fault


async def test_a_cut_tail_is_found(store, signed):
    tamper(store, "DELETE FROM ledger WHERE seq = 3")
    assert "its tail was cut" in check(store, signed).fault


async def test_an_emptied_ledger_is_found(store, signed):
    tamper(store, "DELETE FROM ledger")
    assert "its tail was cut" in check(store, signed).fault


async def test_a_chain_rewritten_from_end_to_end_is_found(store, signed):
    rows = store.rows("SELECT * FROM ledger ORDER BY seq")
    forged = [Entry(*row[:9]) for row in rows]
    forged[1] = Entry(**{**dict(zip(Entry.__slots__, forged[1].values(), strict=True)), "actor": "somebody-else"})
    _, resealed = seal(genesis(store.plant.site.id), forged)
    tamper(store, "DELETE FROM ledger")
    with store.database.write_engine.connect() as connection:
        driver_of(connection).executemany("INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?,?,?)", resealed)
    assert "the chain was rewritten" in check(store, signed).fault


async def test_a_head_signed_with_another_key_is_found(store, signed, tmp_path):
    stranger = HeadKey.load_or_make(tmp_path / "stranger.pem")
    (tmp_path / "head.json").unlink()
    export_head(store, tmp_path, stranger)
    assert "signature" in check(store, signed).fault


async def test_a_missing_or_damaged_head_is_a_fault(store, signed):
    head_file, _ = signed
    head_file.write_text("{}")
    assert "not a signed head" in check(store, signed).fault
    head_file.unlink()
    assert "no signed head" in check(store, signed).fault


@pytest.mark.usefixtures("signed")
async def test_the_database_itself_refuses_to_edit_the_ledger(store):
    def edit(tx) -> None:
        tx.raw.execute("UPDATE ledger SET actor = 'x'")

    with pytest.raises(Exception, match="append-only"):
        await store.write(edit)


@pytest.mark.usefixtures("signed")
async def test_the_projection_rebuilds_equal_and_a_changed_row_shows(store):
    assert rebuild(store.database).equal
    with store.database.write_engine.connect() as connection:
        driver_of(connection).execute("UPDATE bag SET status = 'DISCARDED'")
    comparison = rebuild(store.database)
    assert not comparison.equal
    assert "the ledger says 'AVAILABLE', the table 'DISCARDED'" in comparison.differences[0]


@pytest.mark.usefixtures("signed")
async def test_export_gives_one_json_object_per_entry_with_old_and_new_values(store):
    lines = [json.loads(line) for line in export(store.database)]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert lines[1]["data"]["change"]["old"] == {"status": "QUARANTINE"}
    assert lines[1]["data"]["change"]["new"] == {"status": "AVAILABLE"}
    with store.database.read() as connection:
        assert [entry.seq for entry in entries(connection, after=1, limit=1)] == [2]
        bag = lines[0]["subject"]
        assert len(entries_of_bag(connection, bag)) == 3


@pytest.mark.usefixtures("signed")
async def test_the_head_is_kept_for_each_day(store, tmp_path):
    store.clock.step(86_400)
    await store.add_bag(2)
    export_head(store, tmp_path, HeadKey.load_or_make(tmp_path / "ledger-key.pem"))
    days = sorted(path.name for path in tmp_path.glob("head-*.json"))
    assert days == ["head-2026-03-02.json", "head-2026-03-03.json"]
    assert read_head(tmp_path / "head-2026-03-02.json").seq == 3


@pytest.mark.usefixtures("signed")
async def test_a_day_on_which_nothing_happened_has_a_signed_head_too(store, tmp_path):
    key = HeadKey.load_or_make(tmp_path / "ledger-key.pem")
    for _ in range(2):
        store.clock.step(86_400)
        export_head(store, tmp_path, key)
    quiet = [read_head(tmp_path / f"head-2026-03-0{day}.json") for day in (2, 3, 4)]
    assert [head.seq for head in quiet] == [3, 3, 3]
    assert [head.at_real.day for head in quiet] == [2, 3, 4]
    written = (tmp_path / "head-2026-03-04.json").stat().st_mtime_ns
    export_head(store, tmp_path, key)
    assert (tmp_path / "head-2026-03-04.json").stat().st_mtime_ns == written


def test_the_key_file_is_for_its_owner_only_and_a_wrong_one_is_named(tmp_path):
    HeadKey.load_or_make(tmp_path / "key.pem")
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    (tmp_path / "bad.pem").write_text("hello")
    with pytest.raises(HeadError, match=r"bad\.pem"):
        HeadKey.load_or_make(tmp_path / "bad.pem")


def test_the_canonical_form_has_one_spelling():
    assert canonical({"b": 1, "a": {"d": None, "c": "Ω"}}) == '{"a":{"c":"Ω","d":null},"b":1}'
    assert msgspec.json.decode(canonical([1, "x"])) == [1, "x"]


def test_the_chain_depends_on_the_site_and_the_order():
    one = Entry(1, 0, 0, "a", "s", "k", "x", None, "{}")
    assert seal(genesis("a"), [one])[0] != seal(genesis("b"), [one])[0]
    assert isinstance(seal(genesis("a"), [])[0], Head)


@pytest.mark.usefixtures("signed")
async def test_a_hold_taken_away_behind_the_ledgers_back_shows(store):
    bag = await store.add_bag(2)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="reactive"))
    await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1", reason="too warm"))
    assert rebuild(store.database).equal
    with store.database.write_engine.connect() as connection:
        driver_of(connection).execute("UPDATE hold SET lifted_us = 1 WHERE bag IS NOT NULL")
        driver_of(connection).execute("DELETE FROM hold WHERE place IS NOT NULL")
    said = rebuild(store.database).differences
    assert len(said) == 2
    assert all("the ledger says open" in sentence for sentence in said)


async def test_a_ledger_rewritten_with_its_newest_head_still_fails_against_the_heads_of_other_days(
    store, signed, tmp_path
):
    head_file, _ = signed
    key = HeadKey.load_or_make(tmp_path / "ledger-key.pem")
    store.clock.step(86_400)
    await store.add_bag(2)
    rows = store.rows("SELECT * FROM ledger ORDER BY seq")
    forged = [Entry(*row[:9]) for row in rows]
    forged[1] = Entry(**{**dict(zip(Entry.__slots__, forged[1].values(), strict=True)), "actor": "somebody-else"})
    head, resealed = seal(genesis(store.plant.site.id), forged)
    tamper(store, "DELETE FROM ledger")
    with store.database.write_engine.connect() as connection:
        driver_of(connection).executemany("INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?,?,?)", resealed)
    head_file.unlink()
    write_head(head_file, key, store.plant.site.id, head, store.clock.real_now())
    assert "head-2026-03-02.json" in check(store, signed).fault
