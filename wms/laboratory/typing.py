"""Typings of donations: codes are kept as scanned, what they say together goes onto every bag of the donation.

Red-cell antigens, HLA/HPA, CMV and titre (ISBT 128 DS012, DS014, DS030). What two typings contradict each other in is
known in neither way: it is a finding, and the bags are held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood import antigens, attributes, hla
from blood.antigens import Result
from blood.attributes import Attribute
from blood.isbt128 import ScanError, parse
from blood.isbt128.donation import Donation
from blood.typing import TYPING_ELEMENTS, Joined, Typing, TypingError, join_all, typing_of
from wms.bags.commands import change_fields, raise_finding
from wms.bags.projection import BagState, require
from wms.errors import Invalid, NotFound
from wms.holds.scopes import made_from
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

KIND: Final = "bag.typed"
_TYPED: Final = frozenset({Attribute.CMV_NEGATIVE, Attribute.LOW_TITRE})
"""Attributes that a typing gives; the others tell what was done to a bag."""
_COLUMNS: Final = ("antigens", "hla", "attributes")


@dataclass(frozen=True, slots=True)
class TypingTaken:
    """What is known of a donation now, as its bags carry it, and what contradicts itself."""

    din: str
    antigens: str | None
    hla: str | None
    attributes: tuple[str, ...]
    contradictions: tuple[str, ...]
    bags: tuple[str, ...]


def take_typing(tx: Tx, actor: Actor, din: str, run: str, codes: Sequence[str], at: datetime) -> TypingTaken:
    """Keep the codes of one run and let every bag of the donation, and what was made of it, carry what is known.

    The same run again changes nothing. Raises NotFound for a donation without bags, Invalid for a code that is none,
    that types nothing, or that is of another donation; then nothing is kept.
    """
    if not run.strip():
        raise Invalid("run", "A report names its run")
    for code in codes:
        _read(code, din)
    bags = [bag for (bag,) in tx.raw.execute("SELECT id FROM bag WHERE din = ? ORDER BY id", (din,)).fetchall()]
    if not bags:
        raise NotFound("din.unknown", f"No bag of donation {din} is known")
    before = _known(tx.raw, din)
    new = [code for code in dict.fromkeys(codes) if _keep(tx, actor, din, run, code, at)]
    joined = _known(tx.raw, din)
    if new:
        told = {"run": run, "codes": new, "contradictions": list(joined.contradictions)}
        tx.record("donation.typed", actor=actor, subject=din, data=told)
        for bag in bags:
            _carry(tx, actor, bag, joined.typing)
            for contradiction in joined.contradictions[len(before.contradictions) :]:
                raise_finding(tx, actor, bag, f"typing: {contradiction}")
        _follow_into_others(tx, actor, din, bags)
        tx.notify("laboratory", din)
    return _taken(din, joined, tuple(bags))


def _read(code: str, din: str) -> Typing:
    """What one scan says; a donation number in it must be this one."""
    try:
        elements = parse(code)
        typings = [typing_of(element) for element in elements if isinstance(element, TYPING_ELEMENTS)]
    except (ScanError, TypingError) as error:
        raise Invalid("codes", f"{code}: {error}") from error
    if any(isinstance(element, Donation) and element.din != din for element in elements):
        raise Invalid("codes", f"{code} belongs to another donation than {din}; scan the codes of one tube")
    if not typings:
        raise Invalid("codes", f"{code} types nothing; scan DS012, DS014 or DS030")
    return join_all(typings).typing


def _keep(tx: Tx, actor: Actor, din: str, run: str, code: str, at: datetime) -> bool:
    query = "SELECT 1 FROM donation_typing WHERE din = ? AND run = ? AND code = ?"
    if tx.raw.execute(query, (din, run, code)).fetchone() is not None:
        return False
    tx.raw.execute(
        "INSERT INTO donation_typing (din, run, code, at_us, received_us, reported_by) VALUES (?,?,?,?,?,?)",
        (din, run, code, to_us(at), to_us(tx.now), actor.id),
    )
    return True


def _known(raw: Driver, din: str) -> Joined:
    rows = raw.execute("SELECT code FROM donation_typing WHERE din = ? ORDER BY id", (din,)).fetchall()
    return join_all([_read(code, din) for (code,) in rows])


def _carry(tx: Tx, actor: Actor, bag: str, typing: Typing) -> None:
    state = require(tx.raw, bag)
    given = {Attribute.LOW_TITRE} if typing.is_low_titre else set[Attribute]()
    if typing.cmv_antibody is Result.NEGATIVE:
        given.add(Attribute.CMV_NEGATIVE)
    done = attributes.read(_text(state, "attributes")) - _TYPED
    fields = (antigens.write(typing.antigens), hla.write(typing.hla), attributes.write(done | given))
    _change(tx, actor, state, fields)


def _follow_into_others(tx: Tx, actor: Actor, din: str, bags: Sequence[str]) -> None:
    """A pool carries what all its parents have in common, and nothing else of their typings."""
    waiting = list(bags)
    while waiting:
        for child in made_from(tx.raw, waiting.pop()):
            waiting.append(child)
            state = require(tx.raw, child)
            if state["din"] != din:
                _change(tx, actor, state, _in_common(tx.raw, state))


def _in_common(raw: Driver, child: BagState) -> tuple[str | None, str | None, str | None]:
    query = "SELECT parent FROM bag_parentage WHERE child = ? ORDER BY parent"
    parents = [require(raw, parent) for (parent,) in raw.execute(query, (child["id"],)).fetchall()]
    typed = [attributes.read(_text(parent, "attributes")) & _TYPED for parent in parents]
    own = attributes.read(_text(child, "attributes")) - _TYPED
    shared = [_same(parents, column) for column in ("antigens", "hla")]
    return shared[0], shared[1], attributes.write(own | frozenset.intersection(*typed))


def _same(parents: Sequence[BagState], column: str) -> str | None:
    values = {_text(parent, column) for parent in parents}
    return values.pop() if len(values) == 1 else None


def _change(tx: Tx, actor: Actor, state: BagState, fields: tuple[str | None, str | None, str | None]) -> None:
    if tuple(state[column] for column in _COLUMNS) != fields:
        change_fields(tx, actor, str(state["id"]), KIND, antigens=fields[0], hla=fields[1], attributes=fields[2])


def _text(state: BagState, column: str) -> str | None:
    return None if state[column] is None else str(state[column])


def _taken(din: str, joined: Joined, bags: tuple[str, ...]) -> TypingTaken:
    typing = joined.typing
    named = [Attribute.CMV_NEGATIVE.value] if typing.cmv_antibody is Result.NEGATIVE else []
    named += [Attribute.LOW_TITRE.value] if typing.is_low_titre else []
    words = antigens.write(typing.antigens), hla.write(typing.hla)
    return TypingTaken(din, *words, tuple(named), joined.contradictions, bags)
