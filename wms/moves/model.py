"""What a move task and its steps are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from blood.eligibility import Zone


class MovePurpose(StrEnum):
    """Why a bag is carried; the order is only a list, `priority` decides who goes first."""

    PUT_AWAY = "put_away"
    RESTOCK = "restock"
    SEGREGATE = "segregate"
    RETURN = "return"
    LABEL = "label"
    PREPARE = "prepare"
    PICK = "pick"
    REGATE = "regate"


class TaskState(StrEnum):
    """How far a task got; WAITING and SENT are open. SENT: a machine has one of its steps."""

    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """How far one step got. FAILED: the bag did not go that way; another step took its place, if any."""

    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


class TripState(StrEnum):
    """How far one trip of a carrier got; OPEN and ACCEPTED keep the carrier busy."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ENDED = "ended"


class DeviceState(StrEnum):
    """What telemetry knows of a machine (its PackML state and its presence); only RUNNING gets a new trip."""

    RUNNING = "running"
    HELD = "held"
    STOPPED = "stopped"
    AWAY = "away"
    UNKNOWN = "unknown"


class Wait(StrEnum):
    """What an open task waits for; `wms.moves.sentences` says it in words, with the parts of the detail."""

    TURN = "turn"  # device
    SLOT = "slot"  # zone; component
    ALONE = "alone"  # zone; component; donation type
    ROOM = "room"  # place
    NO_WAY = "no_way"  # place
    NO_TAG = "no_tag"  # bag
    BLOCKED = "blocked"  # device; state; reason
    BAG_AWAY = "bag_away"  # bag
    MACHINE = "machine"  # device
    PORTAL = "portal"  # portal
    UNSEEN = "unseen"  # portal, or device whose report was lost
    READ_BACK = "read_back"  # device
    RETRY = "retry"  # reason


@dataclass(frozen=True, slots=True)
class Task:
    """One move of one bag.

    `zone` is set when the warehouse chooses the slot, `to_place` is None until it did. `device` is the machine of the
    present or first step, None when only people can do it; `attempts` counts the trips that did not move the bag since
    it moved last. The parts of `waits_detail` are separated by "; ".
    """

    id: str
    bag: str
    purpose: MovePurpose
    zone: Zone | None
    from_place: str
    to_place: str | None
    device: str | None
    state: TaskState
    priority: int
    attempts: int
    waits: Wait | None
    waits_detail: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a task: what one machine does in one trip.

    `reported_at` is the carrier's word that it did, `crossed_at` the portal's. A step over a portal is done when both
    are in.
    """

    task: str
    n: int
    device: str
    from_place: str
    to_place: str
    seconds: float
    portal: str | None
    state: StepState
    trip: str | None
    sent_at: datetime | None
    reported_at: datetime | None
    crossed_at: datetime | None
