"""The label station: bags are brought, labelled one at a time, read back and compared; jams are tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from blood.eligibility import BagStatus
from plant.model import Device, DeviceKind, Plant
from plc_bridge.messages import BagLabelled, CommandAnswered, CommandOutcome, PrintLabel
from wms.bags.commands import change_fields, raise_finding
from wms.bags.projection import load, require
from wms.labelling.comparison import Mismatch, mismatches, nothing_applied
from wms.labelling.content import LabelRefused, label_content
from wms.labelling.work import (
    OPEN,
    Label,
    LabelState,
    begin_label,
    end_label,
    label_agrees,
    open_labels,
    other_reasons,
    ready_bags,
    require_label,
)
from wms.labelling.zpl import label_zpl
from wms.moves.model import DeviceState, MovePurpose, TaskState
from wms.moves.tasks import cancel_move, open_task_of, request_move
from wms.moves.wanted import plan_move
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

TRIES: Final = 3
"""Attempts before a label is left to people, when the station jams."""
RETRY_AFTER: Final = timedelta(seconds=60)
"""Domain time after a jam or a refusal."""
PATIENCE: Final = timedelta(minutes=20)
"""How long a bag stands in front of a station that does not take it before it goes back into the cold (design)."""
OVERDUE: Final = timedelta(minutes=60)
"""Domain time in which the station must have reported; a late report is followed all the same."""
PAUSE: Final = timedelta(minutes=30)
"""After a label was given up: so long its bag is left to people, and only one bag at a time goes to the station."""
COMMAND_VALID_S: Final = 30.0
"""Real seconds in which the station must have begun."""
MISMATCH: Final = "label_mismatch"
"""How the finding on a bag with a wrong label begins."""
_ROOM: Final = 10
_LOOK: Final = 50


def station_of(plant: Plant) -> Device | None:
    """The label station of a centre; None when it has none and people label by hand."""
    return next((device for device in plant.devices if device.kind is DeviceKind.LABEL_CELL), None)


def runs(device_state: Callable[[str], DeviceState], station: Device) -> bool:
    """True while the station may be counted on; one whose state nobody knows does not run."""
    return device_state(station.id) is DeviceState.RUNNING


def advance(tx: Tx, actor: Actor) -> None:
    """Bring bags that need nothing but a label to the station, and have the next one printed.

    While the station does not run, bags stay where they are and people label by hand.
    """
    station = station_of(tx.plant)
    if station is None:
        return
    for label in open_labels(tx.raw):
        _look_after(tx, actor, station, label)
    _bring(tx, actor, station)
    _print_next(tx, actor, station)


def printing_answered(tx: Tx, answer: CommandAnswered) -> None:
    """Follow the station's answer: what was not executed is asked again, what is unknown is read back by the bridge."""
    row = tx.raw.execute("SELECT id FROM label WHERE command = ?", (answer.command,)).fetchone()
    if row is None or answer.outcome not in {CommandOutcome.REFUSED, CommandOutcome.EXPIRED}:
        return
    label = require_label(tx.raw, row[0])
    if label.state is LabelState.AT_STATION:
        _back_to_waiting(tx, label, answer.detail or answer.outcome.value, label.attempts)


def bag_labelled(tx: Tx, actor: Actor, report: BagLabelled, at: datetime) -> None:
    """Judge what the station read back: all agrees, or the bag is held with every field that does not.

    Raises NotFound for a label that was never asked for.
    """
    label = require_label(tx.raw, report.label)
    state = require(tx.raw, label.bag)
    if nothing_applied(report):
        _jammed(tx, actor, label, report.reason)
        return
    try:
        found = mismatches(label_content(tx.plant, state), report, _owner(tx, report.tid, label.bag))
    except LabelRefused as refused:
        found = (Mismatch("content", "known", refused.detail),)
    if not found and label.state is LabelState.FAILED:
        said = {"bag": label.bag, "device": report.device, "at": at.isoformat()}
        tx.record("label.contradicted", actor=actor, subject=label.id, data=said)  # it failed: people label it anew
        return
    if not found:
        end_label(tx, actor, label, LabelState.PASSED, "", tid=report.tid)
        label_agrees(tx, actor, label.bag, report.tid)
        return
    listed = [[one.field, one.expected, one.read] for one in found]
    end_label(tx, actor, label, LabelState.FAILED, report.reason, mismatches=listed, tid=report.tid)
    data = {"label": label.id, "mismatches": listed, "at": at.isoformat()}
    change_fields(tx, actor, label.bag, "bag.label_failed", data=data, label_check="failed")
    wrong = "; ".join(str(one) for one in found)
    raise_finding(tx, actor, label.bag, f"{MISMATCH}: {wrong}")
    if report.bag != label.bag and load(tx.raw, report.bag) is not None:
        raise_finding(tx, actor, report.bag, f"{MISMATCH}: it was given the label of {label.bag}")
    plan_move(tx, actor, label.bag)


def _owner(tx: Tx, tid: str | None, bag: str) -> str | None:
    """Another bag in use that a tag belongs to already."""
    row = tx.raw.execute(
        "SELECT id FROM bag WHERE tid = ? AND id <> ? AND status NOT IN ('CONSUMED', 'DISCARDED', 'TRANSFUSED') "
        "ORDER BY id",
        (tid, bag),
    ).fetchone()
    return None if row is None else str(row[0])


def _look_after(tx: Tx, actor: Actor, station: Device, label: Label) -> None:
    """Take back what must not be labelled any more; bring again what did not arrive; do not let it stand for ever."""
    if label.state is LabelState.AT_STATION:
        if label.not_before < tx.now - OVERDUE:
            _give_back(tx, actor, label, LabelState.GIVEN_UP, f"{station.id} did not report")
            raise_finding(tx, actor, label.bag, f"{MISMATCH}: {station.id} did not report what it did with its label")
        return
    reasons = other_reasons(tx, label.bag)
    state = require(tx.raw, label.bag)
    if reasons or state["label_check"] != "pending" or state["status"] != BagStatus.QUARANTINE.value:
        why = "; ".join(f"{reason.code.value}: {reason.detail}" for reason in reasons) or "it needs no label any more"
        _give_back(tx, actor, label, LabelState.CANCELLED, why)
    elif state["place"] == station.place:
        stands_since = max(int(state["place_since_us"] or 0), to_us(label.created_at))
        if stands_since < to_us(tx.now - PATIENCE):
            _give_back(tx, actor, label, LabelState.GIVEN_UP, label.detail or f"{station.id} did not take it")
    elif open_task_of(tx.raw, label.bag) is None:
        if _move_failed(tx, label):
            _give_back(tx, actor, label, LabelState.GIVEN_UP, "it could not be brought to the station")
        else:
            _request(tx, actor, station, label.bag)


def _move_failed(tx: Tx, label: Label) -> bool:
    row = tx.raw.execute(
        "SELECT 1 FROM task WHERE bag = ? AND purpose = 'label' AND state = 'failed' AND created_us >= ?",
        (label.bag, to_us(label.created_at)),
    ).fetchone()
    return row is not None


def _bring(tx: Tx, actor: Actor, station: Device) -> None:
    if not runs(tx.hooks.device_state, station):
        return
    room = _in_flight(tx, station) - len(open_labels(tx.raw))
    since = to_us(tx.now - PAUSE)
    for bag in ready_bags(tx.raw, to_us(tx.now), since, _LOOK):
        if room <= 0:
            return
        if not other_reasons(tx, bag) and _request(tx, actor, station, bag):
            begin_label(tx, actor, bag, station.id)
            room -= 1


def _in_flight(tx: Tx, station: Device) -> int:
    """Twice what the place holds, so that the station never waits for a carrier; one while it is not to be trusted."""
    row = tx.raw.execute(
        "SELECT 1 FROM label WHERE state = 'given_up' AND device = ? AND ended_us > ?",
        (station.id, to_us(tx.now - PAUSE)),
    ).fetchone()
    return 1 if row is not None else 2 * (tx.plant.place_of(station.place).capacity or _ROOM)


def _request(tx: Tx, actor: Actor, station: Device, bag: str) -> bool:
    """Ask for the move to the station; False while the bag is under way for another reason."""
    task = open_task_of(tx.raw, bag)
    if task is not None and task.purpose is not MovePurpose.LABEL:
        if task.state is not TaskState.WAITING:
            return False
        cancel_move(tx, actor, task.id, "it goes to the label station")
    if require(tx.raw, bag)["place"] != station.place:
        request_move(tx, actor, bag, purpose=MovePurpose.LABEL, to_place=station.place)
    return True


def _print_next(tx: Tx, actor: Actor, station: Device) -> None:
    labels = open_labels(tx.raw)
    is_busy = any(label.state is LabelState.AT_STATION for label in labels)
    if is_busy or not runs(tx.hooks.device_state, station):
        return
    for label in labels:
        state = require(tx.raw, label.bag)
        if state["place"] != station.place or label.not_before > tx.now:
            continue
        content = label_content(tx.plant, state)
        message = PrintLabel(
            label=label.id,
            bag=label.bag,
            epc=content.epc,
            zpl=label_zpl(content),
            tag_pc=content.tag.pc,
            tag_user=content.tag.user_memory.hex(),
        )
        command = tx.command(station.id, message, valid_s=COMMAND_VALID_S)
        tx.raw.execute(
            "UPDATE label SET state = 'at_station', command = ?, not_before_us = ? WHERE id = ?",
            (command, to_us(tx.now), label.id),
        )
        tx.record("label.asked", actor=actor, subject=label.id, data={"bag": label.bag, "message": content.message})
        tx.notify("label", label.bag)
        return


def _jammed(tx: Tx, actor: Actor, label: Label, reason: str) -> None:
    if label.state not in OPEN:
        return
    if label.attempts + 1 >= TRIES:
        _give_back(tx, actor, label, LabelState.GIVEN_UP, reason or "the station failed")
    else:
        _back_to_waiting(tx, label, reason or "the station failed", label.attempts + 1)


def _back_to_waiting(tx: Tx, label: Label, detail: str, attempts: int) -> None:
    tx.raw.execute(
        "UPDATE label SET state = 'waiting', command = NULL, attempts = ?, detail = ?, not_before_us = ? WHERE id = ?",
        (attempts, detail, to_us(tx.now + RETRY_AFTER), label.id),
    )
    tx.notify("label", label.bag)


def _give_back(tx: Tx, actor: Actor, label: Label, state: LabelState, detail: str) -> None:
    """Close a label without one on the bag; the bag goes where its status belongs."""
    end_label(tx, actor, label, state, detail)
    task = open_task_of(tx.raw, label.bag)
    if task is not None and task.purpose is MovePurpose.LABEL:
        cancel_move(tx, actor, task.id, detail)
    plan_move(tx, actor, label.bag)
