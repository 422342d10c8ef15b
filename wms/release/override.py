"""Passing a failed gate by: two people, one of quality, a reason, and the ledger says so (domain.md 5.3).

What tests, group, donor, holds, recalls and expiry say is never passed by; whoever reported results of the donation
does not override its release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from wms.errors import Invalid, Refused
from wms.laboratory.results import reporters_of
from wms.ledger.chain import canonical
from wms.release.gates import GateName, GateState
from wms.release.read import gates_in
from wms.release.release import release_if_ready
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, BagChange, Tx

ACT: Final = "release.override"
"""The act that the two people sign; its content is {gates, reason}, its subject the bag."""


class Signature(Protocol):
    """A used signature: who signed."""

    @property
    def id(self) -> str:
        """Id of the signature."""

    @property
    def person(self) -> str:
        """Username of who signed."""


def override(
    tx: Tx, actor: Actor, bag: str, gates: Sequence[GateName], reason: str, signatures: Sequence[Signature]
) -> None:
    """Let a bag pass the named failed gates, and release it when nothing else keeps it.

    A label that is still to come is no obstacle: the bag is labelled and released as any other. The gates stay passed
    for exactly what they say now; a new excursion fails anew. Raises NotFound, Invalid, Refused (a gate that nobody may
    pass by, one that has not failed, others that fail, a signer who reported results).
    """
    if not gates or len(set(gates)) != len(gates):
        raise Invalid("gates", "Name each gate to be passed by once")
    if not reason.strip():
        raise Invalid("reason", "An override needs a reason")
    people = sorted({signature.person for signature in signatures})
    if len(people) < 2:
        raise Refused("release.signatures", "An override needs the signatures of two people")
    standing = {gate.gate: gate for gate in gates_in(tx, bag)}
    for name in gates:
        if standing[name].state is not GateState.FAILED:
            raise Refused(
                "release.not_failed", f"Gate {name.value} of {bag} is {standing[name].state.value}, not failed"
            )
        if not standing[name].can_override:
            raise Refused("release.no_override", f"Nobody may override gate {name.value}: {standing[name].detail_en}")
    awaited = (GateName.LABEL, GateState.PENDING)
    left = [
        gate
        for gate in standing.values()
        if gate.state is not GateState.PASSED and gate.gate not in gates and (gate.gate, gate.state) != awaited
    ]
    if left:
        why = "; ".join(f"{gate.gate.value}: {gate.detail_en}" for gate in left)
        raise Refused("release.other_gates", f"{bag} fails other gates, too: {why}")
    testers = reporters_in_line(tx.raw, bag) & {*people, actor.id}
    if testers:
        raise Refused("release.tester", f"{', '.join(sorted(testers))} reported results of this donation")
    for name in gates:
        tx.raw.execute(
            "INSERT INTO release_override (bag, gate, at_us, detail_en, detail_zh, reason, people) "
            "VALUES (?,?,?,?,?,?,?)",
            (
                bag, name.value, to_us(tx.now), standing[name].detail_en, standing[name].detail_zh, reason,
                canonical(people),
            ),
        )  # fmt: skip
    data = {
        "gates": {name.value: standing[name].detail_en for name in gates},
        "reason": reason,
        "people": people,
        "signatures": [signature.id for signature in signatures],
    }
    tx.record("release.overridden", actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
    tx.notify("release", bag)
    release_if_ready(tx, actor, bag)


def reporters_in_line(raw: Driver, bag: str) -> frozenset[str]:
    """Everybody who reported results of a bag's donation, or of one that it was made from."""
    found: frozenset[str] = frozenset()
    seen: set[str] = set()
    waiting = [bag]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        found |= reporters_of(raw, one.partition("-")[0])
        rows = raw.execute("SELECT parent FROM bag_parentage WHERE child = ?", (one,)).fetchall()
        waiting += [parent for (parent,) in rows]
    return found
