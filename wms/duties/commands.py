"""Recording what a person did: checked against the duty, the probes and the alarms; nothing is dated back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import insert, select, update

from runtime.ids import new_id
from wms.alarms import book, conditions
from wms.duties import tables
from wms.duties.evidence import alarms_raised
from wms.duties.model import Agreement, Duty, DutyKind, DutyOutcome, DutyState, Punctuality, TestMethod
from wms.duties.read import RecordView, one_record, standing
from wms.duties.said import DeviceSaid
from wms.duties.settings import DutySettings, duty_settings
from wms.errors import Invalid, NotFound, Refused
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_PUNCTUALITY: Final = {
    DutyState.OPEN: Punctuality.IN_TIME,
    DutyState.OVERDUE: Punctuality.LATE,
    DutyState.MISSED: Punctuality.MISSED,
}


@dataclass(frozen=True, slots=True)
class Done:
    """What a person says they did; ``corrects`` is the record that this one replaces."""

    value_c: float | None = None
    probe: str | None = None
    outcome: DutyOutcome | None = None
    method: TestMethod | None = None
    started_at: datetime | None = None
    comment: str = ""
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class _Checked:
    """What a record holds beside its duty, its person and its time."""

    outcome: DutyOutcome
    value_c: float | None = None
    probe: str | None = None
    probe_value_c: float | None = None
    agreement: Agreement | None = None
    occurrences: tuple[str, ...] = ()


def record_done(tx: Tx, actor: Actor, duty_id: str, done: Done, said: DeviceSaid) -> str:
    """Record that a duty was done (or why it was missed) and return the record's id; its time is now.

    Raises NotFound for a duty that is not on the list, Refused for one that is not open, was done before, or is past,
    and for a test during which no alarm was raised; Invalid where something is missing or needs a comment.
    """
    duty, state, before = _find(tx, duty_id) if done.corrects is None else _find_corrected(tx, duty_id, done.corrects)
    _check_state(duty, state, before, done)
    settings = duty_settings()
    if (
        done.corrects is not None and before is not None and before.probe is not None
    ):  # a correction is compared with what the probe said then
        said = DeviceSaid({before.probe: before.probe_value_c}, before.probe, before.ranges)
    checked = _checked(tx, duty, done, said, settings)
    punctuality = before.punctuality if before is not None and done.corrects else _PUNCTUALITY[state]
    record_id = new_id("dty")
    values: dict[str, Any] = {
        "duty": duty.id,
        "kind": duty.kind.value,
        "subject": duty.subject,
        "day": duty.day.isoformat(),
        "due_us": to_us(duty.due_at),
        "at_us": to_us(tx.now),
        "person": actor.id,
        "punctuality": punctuality.value,
        "outcome": checked.outcome.value,
        "value_c": checked.value_c,
        "probe": checked.probe,
        "probe_value_c": checked.probe_value_c,
        "agreement": None if checked.agreement is None else checked.agreement.value,
        "method": None if done.method is None else done.method.value,
        "started_us": None if done.started_at is None else to_us(done.started_at),
        "occurrences": " ".join(checked.occurrences),
        "ranges": msgspec.json.encode(said.ranges if duty.kind is DutyKind.MIN_MAX else ()).decode(),
        "comment": done.comment,
        "corrects": done.corrects,
    }
    tx.conn.execute(insert(tables.record).values(id=record_id, **values))
    if done.corrects is not None:
        corrected = tables.record.c.id == done.corrects
        tx.conn.execute(update(tables.record).where(corrected).values(corrected_by=record_id))
    tx.record("duty.recorded", actor=actor, subject=duty.id, data={"record": record_id, **values})
    tx.notify("duty", duty.id)
    _raise_findings(tx, duty, checked)
    return record_id


def watch_devices(tx: Tx, devices: tuple[str, ...]) -> None:
    """Begin to ask duties of devices that are new: from now on, not for the time before."""
    known = set(tx.conn.execute(select(tables.watched.c.device)).scalars())
    for device in devices:
        if device not in known:
            tx.conn.execute(insert(tables.watched).values(device=device, since_us=to_us(tx.now)))
            tx.notify("duty", device)


def _find(tx: Tx, duty_id: str) -> tuple[Duty, DutyState, RecordView | None]:
    for duty, state, kept in standing(tx.conn, tx.plant, tx.now):
        if duty.id == duty_id:
            return duty, state, kept
    raise NotFound("duty.unknown", f"There is no duty {duty_id} now")


def _find_corrected(tx: Tx, duty_id: str, corrects: str) -> tuple[Duty, DutyState, RecordView | None]:
    """The duty of a record that is to be corrected, as it was; it may have left the list long ago."""
    kept = one_record(tx.conn, tx.plant, corrects)
    if kept.duty != duty_id or kept.corrected_by is not None:
        raise Refused("duty.corrects", f"{corrects} is not the record in force of this duty")
    duty = Duty(kept.duty, kept.kind, kept.subject, date.fromisoformat(kept.day), kept.due_at, kept.due_at, None)
    return duty, DutyState.DONE, kept


def _check_state(duty: Duty, state: DutyState, before: RecordView | None, done: Done) -> None:
    if done.corrects is not None:
        if not done.comment:
            raise Invalid("duty.comment", "Say what was wrong with the record that this one corrects")
        if before is not None and (before.outcome is DutyOutcome.MISSED) != (done.outcome is DutyOutcome.MISSED):
            raise Refused("duty.missed", "What was missed stays missed, and what was done stays done")
        return
    if before is not None and state is DutyState.DONE:
        raise Refused("duty.done", f"{before.person} has done this already; a correction names record {before.id}")
    if state is DutyState.WAITING:
        raise Refused("duty.not_open", f"It is too early: this opens at {duty.opens_at.isoformat()}")
    if state is DutyState.MISSED and done.outcome is not DutyOutcome.MISSED:
        raise Refused("duty.missed", "Its time is over: it was missed. Record why, with the outcome missed")
    if state is not DutyState.MISSED and done.outcome is DutyOutcome.MISSED:
        raise Refused("duty.not_missed", "There is still time to do it")


def _checked(tx: Tx, duty: Duty, done: Done, said: DeviceSaid, settings: DutySettings) -> _Checked:
    if done.outcome is DutyOutcome.MISSED:
        if not done.comment:
            raise Invalid("duty.comment", "Say why it was missed")
        return _Checked(DutyOutcome.MISSED)
    if duty.kind is DutyKind.READING:
        return _reading(done, said, settings)
    if duty.kind is DutyKind.ALARM_TEST:
        return _test(tx, duty, done, settings)
    return _sign_off(done, said, settings)


def _reading(done: Done, said: DeviceSaid, settings: DutySettings) -> _Checked:
    if done.value_c is None or done.outcome not in {None, DutyOutcome.READ}:
        raise Invalid("duty.value_c", "A reading is the temperature that the display shows")
    probe = done.probe or said.first
    if probe is not None and probe not in said.values:
        raise Invalid("duty.probe", f"{probe} is no probe of this device")
    value = None if probe is None else said.values[probe]
    if value is None:
        agreement = Agreement.UNKNOWN
    else:
        far = abs(done.value_c - value) > settings.tolerance_c
        agreement = Agreement.DISAGREES if far else Agreement.AGREES
    return _Checked(DutyOutcome.READ, done.value_c, probe, value, agreement)


def _test(tx: Tx, duty: Duty, done: Done, settings: DutySettings) -> _Checked:
    if done.outcome not in {DutyOutcome.PASSED, DutyOutcome.FAILED}:
        raise Invalid("duty.outcome", "A test has passed or failed")
    if done.started_at is None or done.method is None:
        raise Invalid("duty.started_at", "Say when the test began and how the alarm was provoked")
    if not tx.now - settings.test_window <= done.started_at <= tx.now:
        minutes = settings.test_window.total_seconds() / 60
        raise Invalid("duty.started_at", f"A test began within the last {minutes:.0f} minutes")
    raised = alarms_raised(tx.conn, tx.plant, duty.subject, done.started_at, tx.now)
    if done.outcome is DutyOutcome.PASSED and not raised:
        detail = f"No alarm of {duty.subject} was raised since {done.started_at.isoformat()}: the test has not passed"
        raise Refused("duty.no_alarm", detail)
    if done.outcome is DutyOutcome.FAILED and not done.comment:
        raise Invalid("duty.comment", "Say what failed")
    return _Checked(done.outcome, occurrences=raised)


def _sign_off(done: Done, said: DeviceSaid, settings: DutySettings) -> _Checked:
    if done.outcome is not DutyOutcome.SIGNED:
        raise Invalid("duty.outcome", "A day is signed")
    odd = [
        one.probe
        for one in said.ranges
        if one.outside or one.min_c is None or one.gap_minutes > settings.gap_tolerance_min
    ]
    if odd and not done.comment:
        raise Invalid(
            "duty.comment", f"{', '.join(odd)}: outside its limits or without readings that day; comment on it"
        )
    return _Checked(DutyOutcome.SIGNED)


def _raise_findings(tx: Tx, duty: Duty, checked: _Checked) -> None:
    device = tx.plant.device_by_id[duty.subject]
    found: list[tuple[str, str]] = []
    if checked.agreement is Agreement.DISAGREES and checked.probe is not None:
        found.append((checked.probe, conditions.READING_DISAGREES))
    if checked.outcome is DutyOutcome.FAILED:
        found.append((duty.subject, conditions.ALARM_TEST_FAILED))
    for source, condition in found:
        book.raise_event(
            tx, source, condition, place=device.place, subject_en=device.name_en, subject_zh=device.name_zh
        )
