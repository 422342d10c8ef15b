"""What the inbox and the moves tell outbound: gate, packing station, tunnel, lock, crossings, picks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from plc_bridge.messages import BoxPacked, BoxUnpacked, CommandAnswered, GateDecided, LockOpened, LockRefused
from rfid.messages import Crossing, GateRead, TunnelRead
from wms.machines.outbox import OutgoingCommand
from wms.moves.model import Task
from wms.outbound import flow, gate, lock, packing, picks, road, tunnel
from wms.outbound.stations import is_lock
from wms.store.tx import Actor, Tx


def on_gate_read(tx: Tx, actor: Actor, read: GateRead, at: datetime) -> None:
    """A tag stands at a gate; raises NotFound for an unknown tag or gate."""
    gate.on_read(tx, actor, read, at)


def on_gate_decided(tx: Tx, actor: Actor, decided: GateDecided, at: datetime) -> None:
    """A diverter decided; raises NotFound for an unknown tag."""
    gate.on_decided(tx, actor, decided, at)
    flow.advance(tx)


def on_lock_opened(tx: Tx, actor: Actor, report: LockOpened, _at: datetime) -> None:
    """A dispatch lock opened; raises NotFound for an unknown tag."""
    lock.opened(tx, actor, report)
    flow.advance(tx)


def on_lock_refused(tx: Tx, actor: Actor, report: LockRefused, _at: datetime) -> None:
    """A dispatch lock stayed shut; raises NotFound for an unknown permit."""
    lock.refused(tx, actor, report)
    flow.advance(tx)


def on_box_packed(tx: Tx, actor: Actor, report: BoxPacked, at: datetime) -> None:
    """A packing station ended a packing; raises NotFound for an unknown box or bag."""
    packing.packed(tx, actor, report, at)
    flow.advance(tx)


def on_box_unpacked(tx: Tx, actor: Actor, report: BoxUnpacked, at: datetime) -> None:
    """A packing station emptied a box; raises NotFound for an unknown box or bag."""
    packing.unpacked(tx, actor, report, at)
    flow.advance(tx)


def on_tunnel_read(tx: Tx, actor: Actor, read: TunnelRead, at: datetime) -> None:
    """A box stood in a tunnel; raises NotFound, Invalid."""
    tunnel.on_tunnel_read(tx, actor, read, at)
    flow.advance(tx)


def on_crossing(tx: Tx, actor: Actor, crossing: Crossing, at: datetime) -> None:
    """A tag passed the portal behind a dispatch lock; raises NotFound for an unknown tag."""
    road.on_crossing(tx, actor, crossing, at)
    flow.advance(tx)


def on_move_ended(tx: Tx, actor: Actor, task: Task, at: datetime) -> None:
    """A pick or a return to the gate ended, by crane or by hand."""
    picks.pick_ended(tx, actor, task, at)
    gate.answer_reads(tx)
    flow.advance(tx)


def on_command_answered(
    tx: Tx, _actor: Actor, answer: CommandAnswered, command: OutgoingCommand, _at: datetime
) -> None:
    """The bridge answered a permit or an order to the packing station.

    A gate permit that came too late needs nothing: the diverter rejects, and the bag is brought to the gate again.
    """
    if is_lock(tx.plant, command.device):
        lock.answered(tx, answer, command)
    else:
        packing.answered(tx, answer)


HANDLERS: Final[dict[type, Callable[[Tx, Actor, Any, datetime], None]]] = {
    GateRead: on_gate_read,
    GateDecided: on_gate_decided,
    BoxPacked: on_box_packed,
    BoxUnpacked: on_box_unpacked,
    TunnelRead: on_tunnel_read,
    LockOpened: on_lock_opened,
    LockRefused: on_lock_refused,
}
"""Facts that only outbound understands; crossings reach it by way of the inbox, which knows the portals."""
