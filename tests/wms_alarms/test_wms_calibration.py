"""Certificates of probes: recorded once, never changed, told of before and after they run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from hemovault.demo_certificates import record_demo_certificates
from telemetry.calibration import CalibrationState
from wms.alarms.absences import absences
from wms.alarms.feed import device_presence
from wms.alarms.tables import alarm
from wms.calibration.commands import NewCertificate, record_certificate
from wms.calibration.read import calibrations_of, in_force, of_probe
from wms.calibration.watch import tick
from wms.errors import Conflict, Invalid, NotFound
from wms.store.metadata import to_us
from wms.store.tx import Actor

MEI = Actor("chen.mei", "desk-2")
TODAY = date(2026, 11, 20)
"""The day of the tests' clock at the site."""


def certificate(probe: str = "cold-1-air", **changes) -> NewCertificate:
    made = changes.pop("made_on", TODAY - timedelta(days=100))
    usual = NewCertificate(probe, "C-1", "Metrology", made, made + timedelta(days=365), 0.3, 0.1)
    return replace(usual, **changes)


async def record(store, *given: NewCertificate) -> list[str]:
    return [await store.write(lambda tx, one=one: record_certificate(tx, MEI, one)) for one in given]


def probes(store) -> tuple[str, str]:
    return store.plant.probes[0].id, store.plant.probes[1].id


def state(store, probe: str, at: datetime | None = None) -> CalibrationState:
    with store.read() as conn:
        return next(one.state for one in in_force(conn, store.plant, at or store.clock.now()) if one.probe == probe)


def alarms(store) -> dict[tuple[str, str], tuple[str, float | None, int]]:
    with store.read() as conn:
        rows = conn.execute(select(alarm)).all()
    return {(row.source, row.condition): (row.state, row.value, row.priority) for row in rows}


async def test_a_certificate_is_kept_with_all_that_it_says_and_in_the_ledger(store) -> None:
    one, _ = probes(store)
    (name,) = await record(store, certificate(one))
    with store.read() as conn:
        (kept,) = of_probe(conn, one, store.clock.now())
        entry = conn.execute(text("SELECT kind, actor, subject FROM ledger ORDER BY seq DESC LIMIT 1")).one()
    assert (kept.id, kept.certificate, kept.offset_c, kept.recorded_by) == (name, "C-1", 0.3, "chen.mei")
    assert (kept.due_on, kept.is_in_force) == (certificate().due_on, True)
    assert tuple(entry) == ("calibration.recorded", "chen.mei", one)


async def test_days_are_those_of_the_site(store) -> None:
    one, _ = probes(store)
    await record(store, certificate(one, made_on=date(2026, 3, 1), due_on=date(2026, 9, 1)))
    with store.read() as conn:
        (known,) = calibrations_of(conn).of(one)
    assert known.from_ms == to_us(datetime(2026, 2, 28, 16, tzinfo=UTC)) // 1000
    assert known.due_ms == to_us(datetime(2026, 9, 1, 16, tzinfo=UTC)) // 1000


async def test_a_probe_is_valid_then_due_then_overdue(store) -> None:
    one, other = probes(store)
    await record(store, certificate(one, due_on=TODAY + timedelta(days=40)))
    now = store.clock.now()
    days = {0: CalibrationState.VALID, 12: CalibrationState.DUE, 42: CalibrationState.OVERDUE}
    assert {later: state(store, one, now + timedelta(days=later)) for later in days} == days
    assert state(store, other) is CalibrationState.NONE


async def test_the_newest_certificate_holds_and_the_old_ones_stay_on_record(store) -> None:
    one, _ = probes(store)
    await record(
        store,
        certificate(one, certificate="new", made_on=TODAY - timedelta(days=1)),
        certificate(one, certificate="old", made_on=TODAY - timedelta(days=300)),
    )
    with store.read() as conn:
        found = of_probe(conn, one, store.clock.now())
    assert [(found_one.certificate, found_one.is_in_force) for found_one in found] == [("old", False), ("new", True)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"made_on": TODAY + timedelta(days=1)}, "calibration.made_on"),
        ({"due_on": TODAY - timedelta(days=100)}, "calibration.due_on"),
        ({"due_on": TODAY + timedelta(days=4000)}, "calibration.due_on"),
        ({"offset_c": 2.1}, "calibration.offset_c"),
        ({"offset_c": float("nan")}, "calibration.offset_c"),
        ({"uncertainty_c": 0.0}, "calibration.uncertainty_c"),
        ({"uncertainty_c": float("inf")}, "calibration.uncertainty_c"),
        ({"certificate": "  "}, "calibration.certificate"),
        ({"laboratory": "x" * 81}, "calibration.laboratory"),
    ],
)
async def test_what_no_certificate_says_is_refused_and_changes_nothing(store, changes, code) -> None:
    one, _ = probes(store)
    with pytest.raises(Invalid) as caught:
        await record(store, certificate(one, **changes))
    assert caught.value.code == code
    assert state(store, one) is CalibrationState.NONE


async def test_a_certificate_is_recorded_once_and_for_a_probe_that_exists(store) -> None:
    one, other = probes(store)
    await record(store, certificate(one), certificate(other))
    with pytest.raises(Conflict):
        await record(store, certificate(one))
    with pytest.raises(NotFound):
        await record(store, certificate("nowhere"))


async def test_alarms_tell_how_many_days_are_left_or_gone_and_end_with_a_new_certificate(store) -> None:
    one, other = probes(store)
    await record(
        store,
        certificate(one, due_on=TODAY + timedelta(days=10)),
        certificate(other, due_on=TODAY - timedelta(days=3)),
    )
    await store.write(tick)
    found = alarms(store)
    assert found[one, "calibration_due"] == ("unacknowledged", 10.0, 4)
    assert found[other, "calibration_overdue"] == ("unacknowledged", 3.0, 3)
    assert found[store.plant.site.id, "calibration_missing"][1] == len(store.plant.probes) - 2
    again = {"certificate": "C-2", "made_on": TODAY}
    await record(store, certificate(one, **again), certificate(other, **again))
    await store.write(tick)
    found = alarms(store)
    assert found[one, "calibration_due"][0] == found[other, "calibration_overdue"][0] == "returned_unacknowledged"


async def test_a_demo_opens_with_a_valid_certificate_for_every_probe_and_no_alarm(store) -> None:
    count = await store.write(record_demo_certificates)
    await store.write(tick)
    assert count == len(store.plant.probes)
    assert alarms(store) == {}
    with store.read() as conn:
        found = in_force(conn, store.plant, store.clock.now())
    assert {one.state for one in found} == {CalibrationState.VALID}
    assert min(one.days_left or 0 for one in found) > 180
    assert len({one.made_on for one in found}) > len(found) / 2


async def test_absences_are_told_to_the_meter_with_their_ends(store) -> None:
    begin = store.clock.now()
    await store.write(lambda tx: device_presence(tx, "cold-1", online=False, at=begin))
    store.clock.step(600)
    back = store.clock.now()
    await store.write(lambda tx: device_presence(tx, "cold-1", online=True, at=back))
    await store.write(lambda tx: device_presence(tx, "bridge-cold", online=False, at=back))
    with store.read() as conn:
        found = absences(conn, to_us(begin), to_us(back))
        later = absences(conn, to_us(back) + 1, to_us(back) + 2)
    assert (found[0].name, found[0].from_ms, found[0].to_ms) == (
        "cold-1", to_us(begin) // 1000, to_us(back) // 1000,
    )  # fmt: skip
    assert [one.to_ms for one in later] == [None]
