"""Sealing at dispatch: the ledger names the document, a changed document is found, and nothing leaves without one."""

from __future__ import annotations

import json
from datetime import timedelta

from passport_house import START, TESTER, House, Opened

from hemovault.services.passports import Passports
from runtime.health import HealthPart
from wms.ledger.rebuild import rebuild
from wms.passports.drafts import draft_due, draft_of, keep_drafts
from wms.passports.needed import oldest_needed
from wms.passports.rows import passport_in, seal_of
from wms.passports.sealing import NO_PASSPORT, faults, seal, why_not_sealable
from wms.passports.tick import tick
from wms.store.database import driver_of
from wms.store.metadata import to_us

ABOUT = {"shipment": "shp-1", "hospital": "east-lake"}


async def packed(house: House, number: int = 1) -> str:
    bag = await house.add_bag(number, status="PACKED")
    house.steady("cold-1-load", 60)
    house.steady("cold-1-air", 60)
    house.pass_minutes(60)
    return bag


async def draft(house: House) -> list[str]:
    with house.database.read() as conn:
        drafts = draft_due(conn, house.plant, house.history, house.clock.now(), house.clock.real_now)
    await house.write(lambda tx: keep_drafts(tx.raw, drafts, tx.now))
    return [one.bag for one in drafts]


def broken(house: House) -> list[str]:
    with house.database.read() as conn:
        return [fault.detail for fault in faults(conn)]


async def sealed(house: House) -> str:
    bag = await packed(house)
    await draft(house)
    await house.write(lambda tx: seal(tx, TESTER, bag, "shp-1", ABOUT))
    return bag


async def test_the_entry_names_the_hash_of_the_kept_document(house: House) -> None:
    bag = await sealed(house)
    with house.database.read() as conn:
        kept = seal_of(driver_of(conn), bag)
    ((seq, data),) = house.rows("SELECT seq, data FROM ledger WHERE kind = 'passport.sealed'")
    assert (kept.seq, kept.hash, kept.intact) == (seq, json.loads(data)["sha256"], True)
    document = json.loads(kept.document)
    assert (document["passport"]["bag"], document["passport"]["verdict"]) == (bag, "kept")
    assert document["sealed"]["live"] == {
        "outside_or_unknown": False,
        "place": "cold-1/s1/001",
        "since": "2026-03-02T09:00:00Z",
    }
    assert broken(house) == []
    assert rebuild(house.database).equal


async def test_the_sealed_passport_is_read_again_as_it_was(house: House) -> None:
    bag = await packed(house)
    before = house.passport(bag)
    await draft(house)
    await house.write(lambda tx: seal(tx, TESTER, bag, "shp-1", ABOUT))
    with house.database.read() as conn:
        kept = seal_of(driver_of(conn), bag)
    assert passport_in(kept) == before


async def test_a_packed_bag_that_gets_no_passport_is_an_alarm(house: House) -> None:
    bag = await packed(house)
    await house.write(tick)
    query = "SELECT source, known FROM alarm WHERE condition = 'passport_waits'"
    assert house.rows(query) == [(bag, "active")]
    await draft(house)
    await house.write(tick)
    assert house.rows(query) == [(bag, "inactive")]


async def test_a_changed_document_does_not_verify(house: House) -> None:
    bag = await sealed(house)
    await house.write(
        lambda tx: tx.raw.execute(
            "UPDATE sealed_passport SET document = replace(document, '\"kept\"', '\"unknown\"') WHERE bag = ?", (bag,)
        )
    )
    with house.database.read() as conn:
        assert not seal_of(driver_of(conn), bag).intact
    assert [bag in detail and "was changed after it was sealed" in detail for detail in broken(house)] == [True]


async def test_a_removed_document_is_found_missing(house: House) -> None:
    await sealed(house)
    await house.write(lambda tx: tx.raw.execute("DELETE FROM sealed_passport"))
    assert ["is gone" in detail for detail in broken(house)] == [True]


async def test_a_bag_without_a_passport_is_not_let_out_and_is_told_why(house: House) -> None:
    bag = await packed(house)
    assert "is not computed yet" in (await house.write(lambda tx: why_not_sealable(tx, bag))).en
    assert await draft(house) == [bag]
    assert await house.write(lambda tx: why_not_sealable(tx, bag)) is None
    house.pass_minutes(16)
    assert "older than 10 min" in (await house.write(lambda tx: why_not_sealable(tx, bag))).en
    assert await draft(house) == [bag]
    assert await house.write(lambda tx: why_not_sealable(tx, bag)) is None


async def test_a_record_that_cannot_be_read_keeps_the_bag_and_no_other(house: House) -> None:
    bag, other = await packed(house), await house.add_bag(2, status="PACKED", place="cold-2/s1/001")
    await house.write(lambda tx: tx.raw.execute("UPDATE bag SET component = 'NONE' WHERE id = ?", (bag,)))
    assert await draft(house) == [bag, other]
    assert "cannot be computed" in (await house.write(lambda tx: why_not_sealable(tx, bag))).en
    assert await house.write(lambda tx: why_not_sealable(tx, other)) is None


async def test_what_was_seen_to_leave_without_one_is_recorded_alarmed_and_held(house: House) -> None:
    bag = await packed(house)
    assert await house.write(lambda tx: seal(tx, TESTER, bag, "shp-1", ABOUT)) is None
    assert house.rows("SELECT reason FROM hold WHERE bag = ?", bag) == [(NO_PASSPORT,)]
    assert house.rows("SELECT condition FROM alarm WHERE source = ?", bag) == [("passport_missing",)]
    assert house.rows("SELECT count(*) FROM ledger WHERE kind = 'passport.missing'") == [(1,)]


async def test_a_draft_is_renewed_while_the_bag_waits_and_gone_once_it_left(house: House) -> None:
    bag = await packed(house)
    service = Passports(Opened(house), house.history, HealthPart("passports"))
    assert await service.draft_once() == 1
    assert await service.draft_once() == 0
    house.pass_minutes(5)
    assert await service.draft_once() == 1
    await house.write(lambda tx: seal(tx, TESTER, bag, "shp-1", ABOUT))
    assert await house.write(lambda tx: draft_of(tx.raw, bag)) is None


async def test_readings_are_needed_until_the_bag_is_sealed_or_ended(house: House) -> None:
    with house.database.read() as conn:
        assert oldest_needed(conn) is None
    gone = await sealed(house)
    with house.database.read() as conn:
        assert oldest_needed(conn) == to_us(START)
    await house.write(lambda tx: tx.raw.execute("UPDATE bag SET custody = 'hospital' WHERE id = ?", (gone,)))
    with house.database.read() as conn:
        assert oldest_needed(conn) is None
    bag = await house.add_bag(2, place="cold-1/s1/002", custody="hospital")
    with house.database.read() as conn:
        assert oldest_needed(conn) == to_us(START), "it left without a seal"
    await house.write(lambda tx: tx.raw.execute("UPDATE bag SET ended_us = ? WHERE id = ?", (to_us(START), bag)))
    with house.database.read() as conn:
        assert oldest_needed(conn) is None


async def test_a_dispatched_bag_keeps_the_verdict_of_its_departure(house: House) -> None:
    bag = await sealed(house)
    house.pass_minutes(timedelta(hours=8).total_seconds() / 60)
    with house.database.read() as conn:
        assert seal_of(driver_of(conn), bag).verdict == "kept"
