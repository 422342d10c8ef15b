"""Release as people see it: every gate of a bag, bags that wait, and how many wait at which gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from blood.eligibility import Act, BagFacts, BagStatus, Purpose, Reason, ReasonCode, eligibility
from blood.groups import BloodGroup
from plant.model import Plant
from wms.bags.facts import facts_from, facts_of
from wms.bags.projection import BagState, require
from wms.release.gates import Gate, GateName, GateState, Text, make_gate, own_gates
from wms.release.sentences import PASSED, in_words
from wms.release.temperature import FRESH, judgement_of
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import from_us
from wms.store.tx import Tx

MOST: Final = 500
"""Waiting bags that are looked at for one list: gates are computed, not stored."""
_GATE_OF: Final[Mapping[ReasonCode, GateName]] = {
    ReasonCode.TESTS: GateName.TESTS,
    ReasonCode.GROUP_UNKNOWN: GateName.GROUP,
    ReasonCode.HOLD: GateName.HOLD,
    ReasonCode.RECALL: GateName.RECALL,
    ReasonCode.EXPIRED: GateName.EXPIRY,
    ReasonCode.DONOR: GateName.DONOR,
    ReasonCode.EXCURSION: GateName.PLACE,
    ReasonCode.PLACE_UNKNOWN: GateName.PLACE,
    ReasonCode.EXPOSURE: GateName.TEMPERATURE,
}
"""Which gate tells what eligibility refuses for; anything else is about what the bag is for: `purpose`."""


class ReleaseState(StrEnum):
    """Which waiting bags are asked for."""

    BLOCKED = "blocked"
    READY = "ready"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseItem:
    """One bag before (or after) its release, with all its gates."""

    bag: str
    component: str
    group: BloodGroup | None
    place: str | None
    status: BagStatus
    since: datetime
    expires_at: datetime
    gates: tuple[Gate, ...]

    @property
    def is_ready(self) -> bool:
        """True when every gate has passed."""
        return all(gate.state is GateState.PASSED for gate in self.gates)


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """Waiting bags, how many there are in all, and how many of those looked at wait at each gate."""

    items: tuple[ReleaseItem, ...]
    total: int
    counts: Mapping[str, int]


def gates_in(tx: Tx, bag: str) -> tuple[Gate, ...]:
    """Every gate of a bag inside a transaction; raises NotFound."""
    return _gates(tx.raw, tx.plant, require(tx.raw, bag), facts_of(tx, bag), tx.now)


def release_item(
    conn: Connection, plant: Plant, bag: str, excursion_at: Callable[[str], bool], now: datetime
) -> ReleaseItem:
    """One bag with every gate; raises NotFound."""
    raw = driver_of(conn)
    state = require(raw, bag)
    return ReleaseItem(
        bag=bag,
        component=str(state["component"]),
        group=None if state["abo_rhd"] is None else BloodGroup(str(state["abo_rhd"])),
        place=None if state["place"] is None else str(state["place"]),
        status=BagStatus(str(state["status"])),
        since=from_us(int(state["place_since_us"] or 0)),
        expires_at=from_us(int(state["expires_us"] or 0)),
        gates=_gates(raw, plant, state, facts_from(conn, plant, bag, excursion_at), now),
    )


def list_release(
    conn: Connection,
    plant: Plant,
    excursion_at: Callable[[str], bool],
    now: datetime,
    *,
    state: ReleaseState = ReleaseState.BLOCKED,
    component: str | None = None,
    limit: int = 100,
) -> ReleaseList:
    """Quarantined bags, soonest expiry first; ``counts`` are of the first `MOST` that wait, ``total`` of all."""
    where, values = "status = 'QUARANTINE'", []
    if component is not None:
        where, values = f"{where} AND component = ?", [component]
    raw = driver_of(conn)
    (total,) = raw.execute(f"SELECT count(*) FROM bag WHERE {where}", values).fetchone()  # noqa: S608 - fixed parts
    query = f"SELECT id FROM bag WHERE {where} ORDER BY expires_us, id LIMIT ?"  # noqa: S608 - fixed parts
    rows = raw.execute(query, [*values, MOST]).fetchall()
    found = [release_item(conn, plant, bag, excursion_at, now) for (bag,) in rows]
    counts = Counter(gate.gate.value for item in found for gate in item.gates if gate.state is not GateState.PASSED)
    if state is not ReleaseState.ALL:
        found = [item for item in found if item.is_ready is (state is ReleaseState.READY)]
        total = len(found) if total <= MOST else total
    return ReleaseList(tuple(found[:limit]), int(total), {name.value: counts[name.value] for name in GateName})


def _gates(raw: Driver, plant: Plant, state: BagState, facts: BagFacts, now: datetime) -> tuple[Gate, ...]:
    own = {gate.gate: gate for gate in own_gates(raw, plant, state)}
    judgement = judgement_of(raw, str(state["id"]))
    if (
        judgement is not None
        and judgement.judged_at < now - FRESH
        and own[GateName.TEMPERATURE].state is GateState.PASSED
    ):
        text = ("the temperature record is being judged anew", "温度记录正在重新判定")
        own[GateName.TEMPERATURE] = make_gate(GateName.TEMPERATURE, GateState.PENDING, [text])
    asked = eligibility(facts, Purpose(Act.RELEASE), now)
    told: dict[GateName, list[Reason]] = {}
    for reason in asked:
        if reason.code is not ReasonCode.RELEASE_GATE:
            told.setdefault(_GATE_OF.get(reason.code, GateName.PURPOSE), []).append(reason)
    return tuple(_joined(name, own.get(name), told.get(name, [])) for name in GateName)


def _joined(name: GateName, own: Gate | None, reasons: Sequence[Reason]) -> Gate:
    """One gate of what release asks and what eligibility refuses; a refusal that release does not ask for wins."""
    if not reasons:
        return own or make_gate(name, GateState.PASSED, [PASSED[name]])
    if own is not None and own.state is not GateState.PASSED:
        return own
    texts: list[Text] = [in_words(reason) for reason in reasons]
    waits = name is GateName.TESTS and any("not complete" in reason.detail for reason in reasons)
    gate = make_gate(name, GateState.PENDING if waits else GateState.FAILED, texts)
    return replace(gate, can_override=False)
