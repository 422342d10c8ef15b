"""Answers to commands: noted in the outbox, then followed by whoever asked."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from plant.model import CARRIERS, DeviceKind
from plc_bridge.messages import CommandAnswered
from wms.errors import NotFound
from wms.labelling.station import printing_answered
from wms.machines.freezing import freezing_answered
from wms.machines.outbox import OutgoingCommand
from wms.machines.preparation import preparation_answered
from wms.moves import trips
from wms.outbound import handlers as outbound
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx
from wms.transport import handlers as transport

_SELECT: Final = "SELECT device, type, data, issued_real_us, deadline_real_us FROM machine_command WHERE id = ?"


def command_answered(tx: Tx, actor: Actor, answer: CommandAnswered, at: datetime) -> None:
    """Follow the bridge's answer to a command; raises NotFound for a command that this controller never gave."""
    row = tx.raw.execute(_SELECT, (answer.command,)).fetchone()
    if row is None:
        raise NotFound("command.unknown", f"{answer.device} answers command {answer.command}, which was never given")
    tx.raw.execute(
        "UPDATE machine_command SET detail = ?2, answered_real_us = ?3, state = CASE WHEN state = 'withdrawn' OR "
        "(?1 = 'unknown' AND state IN ('accepted', 'refused', 'expired')) THEN state ELSE ?1 END WHERE id = ?4",
        (answer.outcome.value, answer.detail, to_us(tx.real_now), answer.command),
    )
    if row[0] in tx.plant.vehicle_by_id:
        transport.on_command_answered(tx, answer)
        return
    kind = tx.plant.device_by_id[row[0]].kind
    if kind in CARRIERS:
        trips.answered(tx, actor, answer)
    elif kind is DeviceKind.PREP_ROBOT:
        preparation_answered(tx, actor, answer, at)
    elif kind is DeviceKind.QUICK_FREEZER:
        freezing_answered(tx, actor, answer, at)
    elif kind is DeviceKind.LABEL_CELL:
        printing_answered(tx, answer)
    else:
        command = OutgoingCommand(answer.command, row[0], row[1], row[2], from_us(row[3]), from_us(row[4]))
        outbound.on_command_answered(tx, actor, answer, command, at)
