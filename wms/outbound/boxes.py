"""Transport boxes as rows: what each is doing, where it stands, which bags lie in it, and why one was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from plant.model import Box as PlantBox
from plant.model import Plant
from wms.alarms.book import News, clear, tell
from wms.alarms.conditions import BOX_CONTENT, BOX_REFUSED
from wms.alarms.machine import Condition
from wms.bags.tables import bag as bag_table
from wms.errors import NotFound
from wms.orders.sentences import Sentence
from wms.orders.tables import order_line
from wms.outbound.stations import home_of_boxes, line_places, lock_place
from wms.outbound.tables import box as table
from wms.outbound.tables import shipment as shipment_table
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx


class BoxState(StrEnum):
    """What a box is doing."""

    EMPTY = "empty"
    PACKING = "packing"
    PACKED = "packed"
    CHECKED = "checked"
    REFUSED = "refused"
    IN_LOCK = "in_lock"
    IN_TRANSIT = "in_transit"
    AT_HOSPITAL = "at_hospital"
    RETURNING = "returning"


class BoxFault(StrEnum):
    """Why a box was refused. What a check can put right is CONTENT and EVICTED; the others need another packing."""

    COOLANT = "coolant"
    LOGGER = "logger"
    TEMPERATURE = "temperature"
    MACHINE = "machine"
    CONTENT = "content"
    EVICTED = "evicted"


UNTROUBLED: Final[dict[str, Any]] = {
    "fault": None,
    "detail": "",
    "missing": "",
    "extra": "",
    "refusals": 0,
    "packed_us": None,
    "settled_us": None,
    "outside_since_us": None,
    "outside_s": 0.0,
    "silent_since_us": None,
    "silent_s": 0.0,
}
"""Columns of a box of which nothing is wrong or recorded: before each packing."""
MENDED_BY_CHECK: Final = frozenset({BoxFault.CONTENT, BoxFault.EVICTED})
CLOSED: Final = frozenset({BoxState.PACKED, BoxState.CHECKED, BoxState.REFUSED, BoxState.IN_LOCK})
"""Packed and still in the house."""
AWAY: Final = frozenset({BoxState.IN_TRANSIT, BoxState.AT_HOSPITAL, BoxState.RETURNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """One box as it stands. ``missing`` and ``extra`` are what its last check found wrong, empty when nothing was."""

    id: str
    state: BoxState
    place: str | None
    shipment: str | None = None
    fault: BoxFault | None = None
    detail: str = ""
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    refusals: int = 0
    weight_kg: float | None = None
    since: datetime | None = None
    packed_at: datetime | None = None
    settled_at: datetime | None = None
    outside_since: datetime | None = None
    outside_s: float = 0.0
    silent_since: datetime | None = None
    silent_s: float = 0.0

    def minutes_outside(self, at: datetime) -> float | None:
        """Minutes since packing for which its logger was confirmed outside its range; None: it never was in range."""
        return None if self.settled_at is None else _minutes(self.outside_s, self.outside_since, at)

    def minutes_silent(self, at: datetime) -> float:
        """Minutes since it first was in range for which nobody could say how warm it was."""
        return _minutes(self.silent_s, self.silent_since, at)


def _minutes(earlier_s: float, since: datetime | None, at: datetime) -> float:
    now = timedelta(0) if since is None else max(timedelta(0), at - since)
    return (earlier_s + now.total_seconds()) / 60


def place_in(box: str) -> str:
    """The place of a bag that lies in a box."""
    return f"box/{box}"


def box_at(plant: Plant, place: str | None) -> str | None:
    """The box that a place is the inside of, or None."""
    box = (place or "").removeprefix("box/")
    return box if place is not None and place != box and box in plant.box_by_id else None


def require_box(plant: Plant, box: str) -> PlantBox:
    """The box of the plant with this id; raises NotFound."""
    found = plant.box_by_id.get(box)
    if found is None:
        raise NotFound("box_unknown", f"This centre has no transport box {box}")
    return found


def one_box(conn: Connection, plant: Plant, box: str) -> BoxRow:
    """How a box stands; raises NotFound."""
    require_box(plant, box)
    row = conn.execute(select(table).where(table.c.id == box)).mappings().one_or_none()
    return _row(plant, box, row)


def all_boxes(conn: Connection, plant: Plant) -> tuple[BoxRow, ...]:
    """Every box of the plant, in the plant's order."""
    rows = {row["id"]: row for row in conn.execute(select(table)).mappings()}
    return tuple(_row(plant, box.id, rows.get(box.id)) for box in plant.boxes)


def boxes_of(conn: Connection, plant: Plant, shipment: str) -> tuple[BoxRow, ...]:
    """Boxes that belong to a shipment now."""
    query = select(table).where(table.c.shipment == shipment).order_by(table.c.id)
    return tuple(_row(plant, row["id"], row) for row in conn.execute(query).mappings() if row["id"] in plant.box_by_id)


def empty_boxes(conn: Connection, plant: Plant) -> tuple[PlantBox, ...]:
    """Boxes that can be packed: empty and in the house, in the plant's order."""
    taken = set(conn.execute(select(table.c.id).where(table.c.state != BoxState.EMPTY.value)).scalars())
    inside = (bag_table.c.place >= "box/") & (bag_table.c.place < "box0")  # a range, so that the index serves it
    lain_in = set(conn.execute(select(bag_table.c.place).where(inside)).scalars())
    return tuple(box for box in plant.boxes if box.id not in taken and place_in(box.id) not in lain_in)


def contents(conn: Connection, box: str) -> Sequence[str]:
    """Bags that lie in a box, as far as the warehouse knows."""
    query = select(bag_table.c.id).where(bag_table.c.place == place_in(box)).order_by(bag_table.c.id)
    return conn.execute(query).scalars().all()


def holders_of_line(conn: Connection, plant: Plant) -> frozenset[str]:
    """Shipments that have a box in the packing station, the tunnel or the lock, or a bag in the lock itself.

    No other shipment may send anything there.
    """
    boxed = select(table.c.shipment).where(
        table.c.place.in_(line_places(plant)), table.c.state != BoxState.EMPTY.value, table.c.shipment.is_not(None)
    )
    loose = (
        select(shipment_table.c.id)
        .join(order_line, order_line.c.order_id == shipment_table.c.order_id)
        .join(bag_table, bag_table.c.order_line == order_line.c.id)
        .where(bag_table.c.place == lock_place(plant))
    )
    return frozenset((*conn.execute(boxed).scalars(), *conn.execute(loose).scalars()))


def put(tx: Tx, actor: Actor, box: str, state: BoxState, **values: Any) -> None:
    """Step a box; ``values`` are further columns of its row. It is told and kept in the ledger."""
    before = one_box(tx.conn, tx.plant, box)
    columns = {"state": state.value, "since_us": to_us(tx.now), **values}
    if before.since is None:
        blank = {"place": before.place, **UNTROUBLED}
        tx.conn.execute(insert(table).values(id=box, **{**blank, **columns}))
    else:
        tx.conn.execute(update(table).where(table.c.id == box).values(columns))
    data = {"from": before.state.value, "shipment": values.get("shipment", before.shipment)}
    tx.record(f"box.{state.value}", actor=actor, subject=box, data=data)
    _told(tx, box, values.get("shipment", before.shipment))


def change(tx: Tx, box: str, **values: Any) -> None:
    """Set columns of a box that are neither state nor news for the ledger."""
    tx.conn.execute(update(table).where(table.c.id == box).values(values))


def empty(tx: Tx, actor: Actor, box: str) -> None:
    """The box has nothing in it any more and is at home; what was wrong with it is over."""
    put(tx, actor, box, BoxState.EMPTY, place=home_of_boxes(tx.plant), shipment=None, weight_kg=None, **UNTROUBLED)
    calm(tx, box)


def refuse(
    tx: Tx,
    actor: Actor,
    box: str,
    fault: BoxFault,
    why: Sentence,
    *,
    missing: Sequence[str] = (),
    extra: Sequence[str] = (),
) -> None:
    """A box must not leave as it is: it says why, an alarm stands until it is put right."""
    one = one_box(tx.conn, tx.plant, box)
    words = {"fault": fault.value, "detail": why.en, "missing": " ".join(missing), "extra": " ".join(extra)}
    if one.state is BoxState.REFUSED and (one.fault, one.detail) == (fault, why.en):
        return
    put(tx, actor, box, BoxState.REFUSED, **words)
    tx.record("box.fault", actor=actor, subject=box, data={**words, "shipment": one.shipment})
    condition = BOX_CONTENT if fault in MENDED_BY_CHECK else BOX_REFUSED
    other = BOX_REFUSED if fault in MENDED_BY_CHECK else BOX_CONTENT
    clear(tx, box, other)
    call(tx, one, condition, why)


def call(tx: Tx, one: BoxRow, condition: str, why: Sentence) -> None:
    """Let an alarm stand for a box."""
    news = News(
        source=one.id,
        condition=condition,
        state=Condition.ACTIVE,
        at=tx.now,
        place=one.place or lock_place(tx.plant),
        subject_en=f"{one.id.upper()}: {why.en}",
        subject_zh=f"{one.id.upper()}：{why.zh}",
    )
    tell(tx, news)


def pass_check(tx: Tx, actor: Actor, box: str) -> None:
    """Its content is exactly its list: it may go into the lock."""
    values = {"fault": None, "detail": "", "missing": "", "extra": "", "place": lock_place(tx.plant)}
    put(tx, actor, box, BoxState.CHECKED, **values)
    calm(tx, box)


def calm(tx: Tx, box: str) -> None:
    """End the alarms of a box that is as it should be."""
    clear(tx, box, BOX_CONTENT)
    clear(tx, box, BOX_REFUSED)


def _told(tx: Tx, box: str, shipment: str | None) -> None:
    tx.notify("box", box)
    if shipment is not None:
        tx.notify("shipment", shipment)


def _row(plant: Plant, box: str, row: RowMapping | None) -> BoxRow:
    if row is None:
        return BoxRow(id=box, state=BoxState.EMPTY, place=home_of_boxes(plant))
    return BoxRow(
        id=box,
        state=BoxState(row["state"]),
        place=row["place"],
        shipment=row["shipment"],
        fault=None if row["fault"] is None else BoxFault(row["fault"]),
        detail=row["detail"],
        missing=tuple(row["missing"].split()),
        extra=tuple(row["extra"].split()),
        refusals=row["refusals"],
        weight_kg=row["weight_kg"],
        since=from_us(row["since_us"]),
        packed_at=from_us_or_none(row["packed_us"]),
        settled_at=from_us_or_none(row["settled_us"]),
        outside_since=from_us_or_none(row["outside_since_us"]),
        outside_s=row["outside_s"],
        silent_since=from_us_or_none(row["silent_since_us"]),
        silent_s=row["silent_s"],
    )
