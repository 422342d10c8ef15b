"""What a move task is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MovePurpose(StrEnum):
    """Why a bag is carried; the order is only a list, `priority` decides who goes first."""

    PUT_AWAY = "put_away"
    RESTOCK = "restock"
    SEGREGATE = "segregate"
    PICK = "pick"
    REGATE = "regate"


class TaskState(StrEnum):
    """How far a task got; WAITING and SENT are open."""

    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Wait(StrEnum):
    """What an open task waits for; `wms.moves.sentences` says it in words."""

    TURN = "turn"
    SLOT = "slot"
    NO_CRANE = "no_crane"
    BAG_AWAY = "bag_away"
    MACHINE = "machine"
    READ_BACK = "read_back"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Task:
    """One move. `to_place` is None until a slot is chosen; `device` is None when only people can do it."""

    id: str
    bag: str
    purpose: MovePurpose
    from_place: str
    to_place: str | None
    device: str | None
    state: TaskState
    priority: int
    command: str | None
    attempts: int
    waits: Wait | None
    waits_detail: str
    created_at: datetime
    ended_at: datetime | None
