"""What a closure on the writer thread holds: connection, time, ledger, and what to tell the world afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from fleet.messages import FleetCommand
from plant.model import Plant
from plc_bridge.messages import MachineCommand
from runtime.ids import new_id
from wms.bags.projection import BagChange, apply
from wms.ledger.chain import Entry, canonical
from wms.machines import outbox
from wms.store.driver import Driver
from wms.store.metadata import to_us

if TYPE_CHECKING:
    from wms.moves.model import DeviceState, Task

__all__ = ["Actor", "BagChange", "Hooks", "LedgerRef", "Pending", "Tx"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where: a person's username, or ``service:planner``, ``device:robot-1``."""

    id: str
    station: str


@dataclass(frozen=True, slots=True)
class LedgerRef:
    """The number that an entry has once its transaction commits."""

    seq: int


@dataclass(frozen=True, slots=True)
class Hooks:
    """What features ask of each other inside a transaction, wired once by the warehouse (no two import each other).

    ``excursion_at(place)``: true while telemetry knows the place to be outside its limits, or cannot say.
    ``on_hold(tx, actor, bag)``: a bag came under a hold or a recall; orders break its reservation.
    ``on_move_ended(tx, actor, task, at)``: a pick or a return to the gate ended, by machine or by hand.
    ``device_state(device)``: what telemetry knows of a machine now, `unknown` when nothing.
    """

    excursion_at: Callable[[str], bool]
    on_hold: Callable[[Tx, Actor, str], None]
    on_move_ended: Callable[[Tx, Actor, Task, datetime], None]
    device_state: Callable[[str], DeviceState]


@dataclass(slots=True)
class Pending:
    """What the closures of one group have written so far and nobody outside may see before the commit."""

    head_seq: int
    entries: list[Entry] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    callbacks: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """Forget everything that the block added when it raises."""
        marks = len(self.entries), len(self.notices), len(self.callbacks)
        try:
            yield
        except BaseException:
            del self.entries[marks[0] :], self.notices[marks[1] :], self.callbacks[marks[2] :]
            raise


class Tx:
    """One closure's view of the open transaction; usable only inside the closure, on the writer thread.

    ``now`` (domain time) and ``real_now`` stand still during the closure. ``raw`` is the driver for hot
    statements; never commit or roll back on it.
    """

    def __init__(
        self,
        conn: Connection,
        raw: Driver,
        *,
        plant: Plant,
        now: datetime,
        real_now: datetime,
        hooks: Hooks,
        pending: Pending,
    ) -> None:
        self.conn = conn
        self.raw = raw
        self.plant = plant
        self.now = now
        self.real_now = real_now
        self.hooks = hooks
        self._pending = pending
        self._now_us = to_us(now)
        self._real_us = to_us(real_now)

    def excursion_at(self, place: str) -> bool:
        """True while telemetry knows the place to be outside its permitted temperature, or cannot say."""
        return self.hooks.excursion_at(place)

    def record(
        self,
        kind: str,
        *,
        actor: Actor,
        subject: str,
        data: Mapping[str, Any] | None = None,
        bag: BagChange | None = None,
    ) -> LedgerRef:
        """Append one ledger entry (sealed just before the commit) and apply the bag change that it records.

        ``data`` is plain JSON data; the old and new values of the bag are added under ``change``. Raises Conflict when
        the bag changed meanwhile, ValueError when the change is malformed.
        """
        pending = self._pending
        seq = pending.head_seq + len(pending.entries) + 1
        content = dict(data or {})
        if bag is not None:
            content["change"] = apply(self.raw, bag, seq)
            pending.notices.append(("bag", bag.bag))
        subject_bag = bag.bag if bag is not None else None
        pending.entries.append(
            Entry(
                seq,
                self._now_us,
                self._real_us,
                actor.id,
                actor.station,
                kind,
                subject,
                subject_bag,
                canonical(content),
            )
        )
        return LedgerRef(seq)

    def notify(self, topic: str, key: str) -> None:
        """Tell the screens, after the commit, what changed (topics: bag, order, alarm, task, shipment, stock)."""
        self._pending.notices.append((topic, key))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run ``callback`` on the event loop once the transaction is durable; never when it rolls back."""
        self._pending.callbacks.append(callback)

    def command(self, device: str, message: MachineCommand | FleetCommand, *, valid_s: float) -> str:
        """Put a command into the outbox and return its id; it leaves after the commit.

        The machine must have begun within ``valid_s`` real seconds, or the command is void.
        """
        command = outbox.outgoing(new_id("cmd"), device, message, self.real_now, valid_s)
        outbox.enqueue(self.raw, command)
        self._pending.notices.append(("command", command.id))
        return command.id

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that may fail alone: an exception undoes its rows, ledger entries and notices, and is raised on."""
        with self._pending.undone_on_error():
            self.raw.execute("SAVEPOINT part")
            try:
                yield
            except BaseException:
                if self.raw.in_transaction:
                    self.raw.execute("ROLLBACK TO part")
                    self.raw.execute("RELEASE part")
                raise
            self.raw.execute("RELEASE part")
