"""The tunnel: what was read of a standing box is compared with its list; only an exact one may go into the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import insert, select, update

from blood.eligibility import BagStatus
from rfid.messages import TunnelRead
from wms.alarms.book import raise_event
from wms.alarms.conditions import BOX_UNKNOWN
from wms.bags.commands import raise_finding
from wms.bags.projection import require
from wms.errors import Invalid, NotFound
from wms.orders.sentences import Sentence
from wms.outbound import boxes, packings
from wms.outbound.boxes import BoxFault, BoxRow, BoxState
from wms.outbound.packings import PackingKind
from wms.outbound.permits import is_decided
from wms.outbound.tables import tunnel_part, tunnel_pass
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

MAX_PARTS: Final = 50
"""Parts of one pass: far more than a box can hold; a claim of more is a fault of the reader."""

CLOCKS: Final = timedelta(minutes=1)
"""How far the clocks of reader and packing station may be apart: what was read earlier was of an earlier packing."""


class PassState(StrEnum):
    """What became of the account of a box: WAITING for the packing station's report, JUDGED, or of UNKNOWN content."""

    WAITING = "waiting"
    JUDGED = "judged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was seen of a box beside its list: what is missing of the list, and what was seen and is not on it."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """True when there is neither."""
        return not self.missing and not self.extra


def compare(expected: Sequence[str], seen: Sequence[str]) -> Comparison:
    """Compare a list with what was seen, each named once."""
    return Comparison(tuple(sorted(set(expected) - set(seen))), tuple(sorted(set(seen) - set(expected))))


def best_match(contents: Mapping[str, Sequence[str]], seen: Sequence[str]) -> str | None:
    """The box whose content was seen best: most of its bags, then the least that is not its own; None without any."""
    found = {box: len(set(bags) & set(seen)) for box, bags in contents.items()}
    likely = [box for box, bags in found.items() if bags]
    return max(likely, key=lambda box: (found[box], -len(set(contents[box]) - set(seen)), box), default=None)


def on_tunnel_read(tx: Tx, actor: Actor, read: TunnelRead, at: datetime) -> None:
    """A box stood in the tunnel; it is judged when all parts of the pass are here.

    Raises NotFound for an unknown tunnel, Invalid for parts that do not fit together.
    """
    if not any(portal.id == read.portal for portal in tx.plant.portals):
        raise NotFound("portal.unknown", f"{read.reader} reports tunnel {read.portal}, which this plant has not")
    if not 1 <= read.part <= read.parts <= MAX_PARTS:
        raise Invalid("tunnel.part", f"{read.reader} sent part {read.part} of {read.parts} of pass {read.pass_id}")
    epcs = _joined(tx, read, at)
    if epcs is not None:
        values = {"pass_id": read.pass_id, "portal": read.portal, "epcs": " ".join(epcs), "seen_us": to_us(at)}
        tx.conn.execute(insert(tunnel_pass).values(**values, state=PassState.WAITING.value))
        judge_waiting(tx, actor)


def judge_waiting(tx: Tx, actor: Actor) -> None:
    """Judge every pass that can be judged now.

    Reader and packing station report on different ways: a box may be read before it is known to be packed. Such a
    pass waits for the station's report; only what belongs to no box that is packed or being packed is unknown.
    """
    waiting = select(tunnel_pass).where(tunnel_pass.c.state == PassState.WAITING.value).order_by(tunnel_pass.c.seen_us)
    for row in tx.conn.execute(waiting).all():
        state = _judge_pass(tx, actor, row.portal, row.epcs.split(), from_us(row.seen_us))
        this_one = tunnel_pass.c.pass_id == row.pass_id
        tx.conn.execute(update(tunnel_pass).where(this_one).values(state=state.value))


def judge(tx: Tx, actor: Actor, box: str, seen: Sequence[str], *, by: str) -> Comparison:
    """Judge a box by the bags (or unknown tags) that were seen in it; an exact one is checked, else it is refused.

    What only another packing can mend (wrong coolant, no logger) stays refused, however exact the content is. A box
    that was found exact before is not refused because a later look saw less of it, but it is when it saw more.
    """
    one = boxes.one_box(tx.conn, tx.plant, box)
    found = compare(boxes.contents(tx.conn, box), seen)
    data = {"by": by, "seen": sorted(seen), "missing": found.missing, "extra": found.extra, "shipment": one.shipment}
    tx.record("box.seen", actor=actor, subject=box, data=data)
    mendable = one.fault is None or one.fault in boxes.MENDED_BY_CHECK
    if found.is_exact and mendable and one.state in {BoxState.PACKED, BoxState.REFUSED}:
        boxes.pass_check(tx, actor, box)
    elif found.extra or (found.missing and one.state in {BoxState.PACKED, BoxState.REFUSED}):
        _refuse(tx, actor, one, found)
    return found


def _judge_pass(tx: Tx, actor: Actor, portal: str, epcs: Sequence[str], seen_at: datetime) -> PassState:
    """Find which box stood there by what was read of it, and judge that one, unless it has been packed anew since."""
    names = {epc: _bag_bound_to(tx, epc) for epc in epcs}
    seen = [bag or epc for epc, bag in names.items()]
    here = [one for one in boxes.all_boxes(tx.conn, tx.plant) if one.state in boxes.CLOSED]
    standing = [one for one in here if one.shipment is None or not is_decided(tx, one.shipment)]
    contents = {one.id: boxes.contents(tx.conn, one.id) for one in standing}
    being_packed = {one.box: one.bags for one in packings.open_ones(tx) if one.kind is PackingKind.PACK}
    box = best_match(contents | being_packed, seen)
    if box in being_packed or (being_packed and not seen):
        return PassState.WAITING
    waiting = [one for one in standing if one.state is BoxState.PACKED]
    if box is None and not seen and len(waiting) == 1:
        box = waiting[0].id  # a box of which nothing at all could be read
    if box is not None:
        packed_at = boxes.one_box(tx.conn, tx.plant, box).packed_at
        if packed_at is not None and seen_at < packed_at - CLOCKS:
            data = {"seen": sorted(seen), "at": seen_at.isoformat()}
            tx.record("tunnel.too_late", actor=actor, subject=box, data=data)
            return PassState.UNKNOWN
        judge(tx, actor, box, seen, by=portal)
        return PassState.JUDGED
    tx.record("tunnel.unknown_box", actor=actor, subject=portal, data={"seen": sorted(seen)})
    raise_event(tx, portal, BOX_UNKNOWN, subject_en=", ".join(sorted(seen)[:5]))
    return PassState.UNKNOWN


def _refuse(tx: Tx, actor: Actor, one: BoxRow, found: Comparison) -> None:
    keep = one.fault is not None and one.fault not in boxes.MENDED_BY_CHECK
    if not keep:
        why = _in_words(found)
        boxes.refuse(tx, actor, one.id, BoxFault.CONTENT, why, missing=found.missing, extra=found.extra)
    boxes.change(tx, one.id, refusals=one.refusals + 1)
    for name in found.extra:
        if tx.raw.execute("SELECT 1 FROM bag WHERE id = ?", (name,)).fetchone():
            _name_extra(tx, actor, name, f"box {one.id}")


def _name_extra(tx: Tx, actor: Actor, bag: str, where: str) -> None:
    """A bag seen where it does not belong is a finding and held, unless it lies in a box of its own close by.

    A tag of a neighbouring box may be read through its wall; that box's own check decides about it.
    """
    state = require(tx.raw, bag)
    packed = state["status"] == BagStatus.PACKED.value
    if packed and boxes.box_at(tx.plant, None if state["place"] is None else str(state["place"])) is not None:
        return
    raise_finding(tx, actor, bag, f"it was seen in {where}, to which it does not belong")


def _in_words(found: Comparison) -> Sentence:
    en, zh = [], []
    if found.missing:
        en.append(f"not seen: {', '.join(found.missing)}")
        zh.append(f"未读到：{'、'.join(found.missing)}")
    if found.extra:
        en.append(f"does not belong: {', '.join(found.extra)}")
        zh.append(f"不应在内：{'、'.join(found.extra)}")
    return Sentence("; ".join(en), "；".join(zh))


def _joined(tx: Tx, read: TunnelRead, at: datetime) -> Sequence[str] | None:
    """All tags of a pass once its last part came, each once; None while parts are missing."""
    known = select(tunnel_part).where(tunnel_part.c.pass_id == read.pass_id)
    rows = {row.part: row for row in tx.conn.execute(known)}
    if any((row.parts, row.portal) != (read.parts, read.portal) for row in rows.values()):
        raise Invalid("tunnel.part", f"{read.reader} sent parts of pass {read.pass_id} that do not fit together")
    if read.part in rows:
        return None
    values = {"pass_id": read.pass_id, "part": read.part, "parts": read.parts, "portal": read.portal}
    tx.conn.execute(insert(tunnel_part).values(**values, epcs=" ".join(read.epcs), seen_us=to_us(at)))
    if len(rows) + 1 < read.parts:
        return None
    epcs = [epc for row in rows.values() for epc in row.epcs.split()]
    return tuple(dict.fromkeys([*epcs, *read.epcs]))


def _bag_bound_to(tx: Tx, epc: str) -> str | None:
    row = tx.raw.execute("SELECT id FROM bag WHERE epc = ?", (epc,)).fetchone()
    return None if row is None else str(row[0])
