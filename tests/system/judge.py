"""The warehouse judged against the world's own log: never against itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from system.claims import Claims
from system.truth import Truth, World, opening_of, truth_of, world_of

__all__ = ["Truth", "World", "compatible", "conserved", "faults", "opening_of", "truth_of", "unfit", "world_of"]

_MAY_SERVE = {  # red cells: ABO of the bag -> ABO of patients; plasma is the mirror image
    "O": {"O", "A", "B", "AB"},
    "A": {"A", "AB"},
    "B": {"B", "AB"},
    "AB": {"AB"},
}
_PLATELETS_MAY_SERVE = {"O": {"O"}, "A": {"O", "A", "AB"}, "B": {"O", "B", "AB"}, "AB": {"A", "B", "AB"}}
"""Platelets swim in their donor's plasma: group O only to group O; AB is kept for those who need it."""
_PLASMA = ("FFP", "FP", "CRYO")
_PLATELETS = ("PLT",)
_OUTSIDE = {"IN_TRANSIT", "RECEIVED", "ISSUED", "TRANSFUSED", "PRESUMED_TRANSFUSED", "RETURNED_PENDING"}
_FROZEN_IN_MIN = 60.0


def faults(world: World, said: Claims, deaf: Sequence[tuple[datetime, datetime]] = ()) -> list[str]:
    """Every way in which the warehouse's picture differs from what happened, and every bag wrongly sent away.

    ``deaf`` are times in which whoever listens to the readers was dead: what they heard then, and what it had in mind
    when it died, nobody may have been told.
    """
    found = [f"{bag}: the warehouse does not know it" for bag in world.bags.keys() - said.bags.keys()]
    found += [f"{bag}: the warehouse made it up" for bag in said.bags.keys() - world.bags.keys()]
    for name in world.bags.keys() & said.bags.keys():
        real = world.bags[name]
        for judge in (_becoming, _whereabouts, _road, unfit):
            found += [f"{name}: {fault}" for fault in judge(name, real, said)]
        found += [f"{name}: {fault}" for fault in _crossings(name, real, said, deaf)]
    found += [f"{box} left without having been read wholly in the tunnel" for box in world.unchecked]
    found += _packings(world, said)
    for key in world.decided | said.decided:
        if world.decided[key] != said.decided[key]:
            found.append(f"{key}: decided {world.decided[key]} times at the gate, known are {said.decided[key]}")
    return sorted(found)


def conserved(world: World, now_there: Collection[str]) -> list[str]:
    """Every bag that ever was is there, became others, or was used; and none is there that never was."""
    gone = {name for name, real in world.bags.items() if real.children or real.used}
    found = [f"{bag}: vanished" for bag in world.bags.keys() - gone - set(now_there)]
    found += [f"{bag}: was never made" for bag in set(now_there) - world.bags.keys()]
    return sorted(found + [f"{bag}: is there after its end" for bag in gone & set(now_there)])


# ---- what it is and where -------------------------------------------------------------------------------------------


def _becoming(name: str, real: Truth, said: Claims) -> Iterator[str]:
    known = said.bags[name]
    if bool(real.children) != (known["status"] == "CONSUMED"):
        yield f"became {list(real.children)}, the warehouse says {known['status']}"
    if set(real.parents) != said.parents.get(name, set()):
        yield f"was made of {list(real.parents)}, the warehouse says {sorted(said.parents.get(name, set()))}"
    if known["abo_rhd"] is not None and known["abo_rhd"] != real.group:
        yield f"is {real.group}, the warehouse says {known['abo_rhd']}"
    if real.reactive is not None and known["status"] in {"AVAILABLE", "RESERVED", "PICKED", "PACKED"}:
        yield f"is reactive for {real.reactive}, the warehouse says {known['status']}"
    if known["label_check"] == "passed" and real.labelled_at is None and not real.was_stock:
        yield "passed the check of its label and has none"


def _whereabouts(name: str, real: Truth, said: Claims) -> Iterator[str]:
    known = said.bags[name]
    place = known["place"]
    if real.children:
        return
    if place is None:
        if not real.unread_by:
            yield f"is at {real.place} and was read everywhere, the warehouse does not know where"
        elif name not in said.asked_where:
            yield f"is at {real.place}, its place is unknown and nobody is asked"
    elif place != real.place and not (real.delivered_to is None and real.left_in == place):
        yield f"is at {real.place}, the warehouse says {place}"
    back = real.sent_back and "p5" in real.crossed
    if (real.delivered_to is not None) != (known["status"] == "RECEIVED") and not back:
        yield f"delivered to {real.delivered_to}, the warehouse says {known['status']}"


def _crossings(name: str, real: Truth, said: Claims, deaf: Sequence[tuple[datetime, datetime]]) -> Iterator[str]:
    """Whoever was read through a portal is known to have crossed it, and nobody else is."""
    stays = [stay.place for stay in said.stays.get(name, [])]
    if ("dock" in stays) != ("p1" in real.crossed or real.began_at == "dock"):
        yield f"crossed {sorted(real.crossed)}, the warehouse says it has been in {stays}"
    known = {portal for bag, portal in said.crossed if bag == name} | ({"p4"} if name in said.seen_leaving else set())
    left_unheard = real.left_at is not None and any(since <= real.left_at <= until for since, until in deaf)
    if known != real.crossed and not (left_unheard and known | {"p4"} == real.crossed):
        yield f"crossed {sorted(real.crossed)}, the warehouse says {sorted(known)}"


def _packings(world: World, said: Claims) -> Iterator[str]:
    """What was put into each box, as the packing station did it."""
    for packing in sorted(world.packings.keys() | said.packings.keys()):
        real, known = world.packings.get(packing), said.packings.get(packing)
        if real != known:
            yield f"packing {packing}: really {real}, the warehouse says {known}"


# ---- who left ------------------------------------------------------------------------------------------------------


def _road(name: str, real: Truth, said: Claims) -> Iterator[str]:
    known = said.bags[name]
    if real.left_at is None:
        if name in said.sent_in or known["status"] in _OUTSIDE:
            yield f"never left, the warehouse says {known['status']}"
        return
    if name not in said.sent_in:
        yield "left, and the warehouse does not know it"
    elif real.left_in != f"box/{said.sent_in[name]}":
        yield f"left in {real.left_in}, the warehouse says in {said.sent_in[name]}"
    promise = said.promised.get(name)
    if promise is None:
        yield "left without an order"
        return
    hospital, patient = promise
    if real.delivered_to not in {None, hospital}:
        yield f"was ordered by {hospital} and delivered to {real.delivered_to}"
    if not compatible(known["component"], real.group, patient):
        yield f"{real.group} {known['component']} was sent for {patient}"


def unfit(name: str, real: Truth, said: Claims) -> Iterator[str]:
    """Every reason for which a bag that passed the dispatch portal must not have passed it then."""
    at, known = real.left_at, said.bags[name]
    if at is None:
        return
    if real.reactive is not None:
        yield f"left although reactive for {real.reactive}"
    if "p4" not in real.crossed:
        yield "left, and the portal never read it"
    if not real.was_stock:
        if real.labelled_at is None or real.labelled_at > at:
            yield "left without a label that was read back"
        if name not in said.released_at or said.released_at[name] > at:
            yield "left and had not been released"
        made_now = real.began_at == "prep/out"
        if known["component"] == "FFP" and made_now and not 0.0 < (real.frozen_min or 0.0) <= _FROZEN_IN_MIN:
            yield f"left as fresh frozen plasma, frozen in {real.frozen_min} min"
    if known["expires_us"] <= at.timestamp() * 1e6:
        yield "left after its expiry"
    for hold in said.holds:
        stands = hold.since <= at and (hold.until is None or hold.until > at)
        if stands and (hold.bag == name or (hold.place is not None and _lay_in(said, name, hold, real))):
            yield f"left while it was held: {hold.reason}"


def _lay_in(said: Claims, name: str, hold: Any, real: Truth) -> bool:
    """True when a bag was taken out of a place after that had been held."""
    return any(
        stay.place.startswith(hold.place) and stay.until is not None and hold.since <= stay.until <= real.left_at
        for stay in said.stays.get(name, [])
    )


def compatible(component: str, bag: str, patient: str) -> bool:
    """The rule of thumb of every blood bank, written here a second time on purpose."""
    abo_bag, abo_patient = bag.rstrip("+-"), patient.rstrip("+-")
    if component.startswith(_PLASMA):
        return abo_bag in _MAY_SERVE[abo_patient]
    if bag.endswith("+") and patient.endswith("-"):
        return False
    table = _PLATELETS_MAY_SERVE if component.startswith(_PLATELETS) else _MAY_SERVE
    return abo_patient in table[abo_bag]
