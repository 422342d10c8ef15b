"""What the controller asks machines to do and what machines report: the schemas both sides read (version 1).

Every command is answered by a fact. `type` strings carry the version; unknown fields are refused.
Units are in the names; instants are UTC, domain time unless the name says `real`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


# ---- commands (runtime.commands carries id, device, deadline around these) ------------------------------------------


class Separate(_Message, frozen=True, tag="separate"):
    """Prep robot: take these whole-blood bags from the dock, separate each into red cells and plasma."""

    batch: str
    bags: tuple[str, ...]
    outputs: tuple[str, ...]  # product codes that each bag becomes


class Freeze(_Message, frozen=True, tag="freeze"):
    """Quick freezer: take these plasma bags from `prep/out` and freeze them."""

    batch: str
    bags: tuple[str, ...]


class Load(_Message, frozen=True):
    """One bag of a trip, the task that it is carried for, and where it is taken from and put."""

    task: str
    bag: str
    epc: str
    from_place: str
    to_place: str


class Carry(_Message, frozen=True, tag="carry"):
    """Crane, conveyor, diverter, mobile robot: one trip with these bags; each is reported on its own (`BagMoved`)."""

    trip: str
    loads: tuple[Load, ...]


class ProcessUnit(_Message, frozen=True):
    """One unit to make: the bag id and tag that it is to get, from these parents."""

    parents: tuple[str, ...]
    bag: str
    epc: str


class Process(_Message, frozen=True, tag="process"):
    """Prep robot: take these bags from `place` and make each unit by the recipe (`plant.model.Recipe`)."""

    batch: str
    recipe: str
    place: str
    units: tuple[ProcessUnit, ...]


class PrintLabel(_Message, frozen=True, tag="print_label"):
    """Label station: print this ZPL for the bag that stands in it, apply it, scan it back, write and lock its tag.

    `tag_pc` is the protocol word in front of the EPC (0: as the encoder sets it), `tag_user` bank 11 as hex digits.
    """

    label: str
    bag: str
    epc: str
    zpl: str
    tag_pc: int = 0
    tag_user: str = ""


class PackBox(_Message, frozen=True, tag="pack_box"):
    """Packing station: put these bags from a lane into a box with conditioned coolant, and start its logger."""

    packing: str
    box: str
    lane: str
    bags: tuple[str, ...]
    epcs: tuple[str, ...]


class UnpackBox(_Message, frozen=True, tag="unpack_box"):
    """Packing station: take everything out of a box and lay it into `lane`."""

    packing: str
    box: str
    lane: str


class GatePermit(_Message, frozen=True, tag="gate_permit"):
    """Sorting gate: let this one tag pass into `lane` until `until_real`; anything else goes to reject."""

    permit: str
    epc: str
    lane: str
    until_real: datetime


class GateReject(_Message, frozen=True, tag="gate_reject"):
    """Sorting gate: put this one tag out to reject at once, until `until_real`; what was permitted for it is void.

    Without it the tag would stand in front of the others until the gate itself gives up waiting for a permit.
    """

    epc: str
    reason: str
    until_real: datetime


class LockPermit(_Message, frozen=True, tag="lock_permit"):
    """Dispatch lock: open for exactly these tags, until `until_real`."""

    permit: str
    shipment: str
    hospital: str
    epcs: tuple[str, ...]
    until_real: datetime


MachineCommand = (
    Separate | Freeze | Carry | Process | PrintLabel | PackBox | UnpackBox | GatePermit | GateReject | LockPermit
)

# ---- reports: the `data` of facts -----------------------------------------------------------------------------------


class Outcome(StrEnum):
    """How a task ended."""

    DONE = "done"
    FAILED = "failed"


class ChildBag(_Message, frozen=True):
    """A component bag made from a parent, with the tag written on it."""

    bag: str
    epc: str
    tid: str
    volume_ml: float


class SeparatedUnit(_Message, frozen=True):
    """What became of one whole-blood bag in the robot."""

    parent: str
    outcome: Outcome
    reason: str
    children: tuple[ChildBag, ...]


class BatchSeparated(_Message, frozen=True):
    """The prep robot finished a batch; children lie at `place`."""

    batch: str
    device: str
    started_at: datetime
    ended_at: datetime
    place: str
    units: tuple[SeparatedUnit, ...]


class CurvePoint(_Message, frozen=True):
    """Core temperature at a time after the start of freezing."""

    minute: float
    core_c: float


class BatchFrozen(_Message, frozen=True):
    """The quick freezer finished a batch: the freeze record. `minutes_to_target` is None when -30 C was not reached."""

    batch: str
    device: str
    started_at: datetime
    ended_at: datetime
    place: str
    bags: tuple[str, ...]
    curve: tuple[CurvePoint, ...]
    target_c: float
    minutes_to_target: float | None
    lowest_core_c: float


class Measure(_Message, frozen=True):
    """One measured value of a preparation, as `dose_min` in `Gy`; which there are is the recipe's matter."""

    name: str
    value: float
    unit: str


class ProcessedUnit(_Message, frozen=True):
    """What became of one unit of a recipe; without a child its parents lie at the report's place as they were."""

    parents: tuple[str, ...]
    outcome: Outcome
    reason: str
    child: ChildBag | None
    measures: tuple[Measure, ...]


class BatchProcessed(_Message, frozen=True):
    """The prep robot finished a batch of a recipe; what it made lies at `place`."""

    batch: str
    device: str
    recipe: str
    started_at: datetime
    ended_at: datetime
    place: str
    units: tuple[ProcessedUnit, ...]


class BagLabelled(_Message, frozen=True):
    """The label station's account of one label: what its scanner read back, and the tag that it wrote and locked.

    A code that could not be read is None, `tag_user_read` also where a station does not read bank 11 back. The station
    judges nothing: the controller compares.
    """

    device: str
    label: str
    bag: str
    din_read: str | None
    product_read: str | None
    group_read: str | None
    expiry_read: str | None
    epc_read: str | None
    tid: str | None
    tag_locked: bool
    outcome: Outcome
    reason: str
    tag_user_read: str | None = None


class BoxPacked(_Message, frozen=True):
    """The packing station ended a packing; `bags` now lie in the box, its logger runs when `logger_started`."""

    device: str
    packing: str
    box: str
    bags: tuple[str, ...]
    coolant_c: float | None
    logger_started: bool
    weight_kg: float
    outcome: Outcome
    reason: str


class BoxUnpacked(_Message, frozen=True):
    """The packing station emptied a box; `bags` now lie in `lane`."""

    device: str
    packing: str
    box: str
    lane: str
    bags: tuple[str, ...]


class BagMoved(_Message, frozen=True):
    """A carrier ended the move of one bag; on failure the bag lies at `at_place`."""

    task: str
    device: str
    bag: str
    epc: str
    at_place: str
    outcome: Outcome
    reason: str


class GateDecision(StrEnum):
    """Which way a bag went."""

    PASSED = "passed"
    REJECTED = "rejected"


class GateDecided(_Message, frozen=True):
    """The diverter let a tag pass or rejected it; rejects are the rest position, so no permit means rejected."""

    gate: str
    device: str
    epc: str
    decision: GateDecision
    permit: str | None
    reason: str
    at_place: str


class LockOpened(_Message, frozen=True):
    """The dispatch lock opened for a shipment; `epcs` are the tags that stood in it."""

    device: str
    permit: str
    shipment: str
    epcs: tuple[str, ...]


class LockRefused(_Message, frozen=True):
    """The dispatch lock stayed shut: its content was not exactly the permitted one."""

    device: str
    permit: str
    shipment: str
    reason: str
    missing: tuple[str, ...]
    extra: tuple[str, ...]


class CommandOutcome(StrEnum):
    """What the bridge can say of a command after read-back."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class CommandAnswered(_Message, frozen=True):
    """The bridge's answer to a command, after read-back from the machine; UNKNOWN: nobody may assume either way."""

    command: str
    device: str
    outcome: CommandOutcome
    detail: str


class JournalLossKind(StrEnum):
    """How reports of a machine's journal went missing, or may have."""

    GAP = "gap"
    REPLACED = "replaced"
    PUT_BACK = "put_back"
    TOO_LARGE = "too_large"


class JournalLoss(_Message, frozen=True):
    """Reports `from_seq..to_seq` of a cell's journal did not reach the spool; `to_seq` None: nobody knows how many."""

    cell: str
    journal_epoch: str
    kind: JournalLossKind
    from_seq: int
    to_seq: int | None
    detail: str


REPORT_TYPES: dict[str, type[_Message]] = {
    "org.hemovault.plc.batch-separated.v1": BatchSeparated,
    "org.hemovault.plc.batch-frozen.v1": BatchFrozen,
    "org.hemovault.plc.bag-moved.v1": BagMoved,
    "org.hemovault.plc.batch-processed.v1": BatchProcessed,
    "org.hemovault.plc.bag-labelled.v1": BagLabelled,
    "org.hemovault.plc.box-packed.v1": BoxPacked,
    "org.hemovault.plc.box-unpacked.v1": BoxUnpacked,
    "org.hemovault.plc.gate-decided.v1": GateDecided,
    "org.hemovault.plc.lock-opened.v1": LockOpened,
    "org.hemovault.plc.lock-refused.v1": LockRefused,
    "org.hemovault.plc.command-answered.v1": CommandAnswered,
    "org.hemovault.plc.journal-loss.v1": JournalLoss,
}
COMMAND_TYPE = "org.hemovault.plc.command.v1"


def report_type(message: _Message) -> str:
    """The fact type of a report."""
    for name, struct in REPORT_TYPES.items():
        if isinstance(message, struct):
            return name
    raise TypeError(f"{type(message).__name__} is not a report")
