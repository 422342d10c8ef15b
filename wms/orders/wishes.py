"""What still wants bags, and which bags there are: the snapshot that the solver is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, Exists, RowMapping, exists, func, or_, select

from allocation.model import BagRow, LineRow, Snapshot, build_snapshot
from blood.compatibility import preference
from blood.eligibility import Act, BagFacts, BagStatus, Purpose, eligibility
from blood.groups import BloodGroup
from blood.patients import Patient
from plant.model import Hospital, Plant
from wms.bags.facts import facts_from
from wms.bags.tables import bag
from wms.hospitals.patients import as_patient, require_patient
from wms.moves.model import MovePurpose, TaskState
from wms.moves.tables import task
from wms.orders.lifecycle import ShipmentState
from wms.orders.reasons import in_both
from wms.orders.tables import order, order_line, reservation
from wms.outbound.tables import shipment
from wms.store.metadata import from_us, to_us

_SHOWN: Final = (BagStatus.AVAILABLE.value, BagStatus.QUARANTINE.value)
"""Bags the solver is told of: quarantine can never be given away, but may explain what would fill a line."""
_UNREACHABLE: Final = 1_000_000
LEFT_ALONE: Final = timedelta(minutes=60)
"""Domain time for which a bag that a crane could not fetch is not planned again; a person has been called."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A line that misses bags: what it asks for, for whom, and how many it holds already."""

    line: str
    order: str
    hospital: str
    priority: int
    component: str
    group: BloodGroup
    missing: int
    held: int
    substitution: bool
    usable_until: datetime
    patient: Patient | None = None

    @property
    def purpose(self) -> Purpose:
        """The question to eligibility before a bag is reserved for this line."""
        return Purpose(
            Act.RESERVE,
            order_line=self.line,
            recipient=self.group,
            component=self.component,
            usable_until=self.usable_until,
            patient=self.patient,
        )

    def takes(self, facts: BagFacts, at: datetime) -> bool:
        """True when this bag may be reserved for this line at ``at``."""
        identical = self.substitution or facts.group is self.group
        return identical and not eligibility(facts, self.purpose, at)


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the solver: the snapshot, the wishes by line, and each bag's version when it was looked at."""

    snapshot: Snapshot
    wishes: Mapping[str, Wish]
    versions: Mapping[str, int]


def open_wishes(conn: Connection, plant: Plant, at: datetime) -> Sequence[Wish]:
    """Lines that miss bags and whose order has not begun to leave, most urgent first."""
    held = (
        select(func.count())
        .select_from(reservation)
        .where(reservation.c.line == order_line.c.id, reservation.c.ended_us.is_(None))
        .scalar_subquery()
    )
    query = (
        select(order_line, order.c.hospital, order.c.priority, order.c.due_us, held.label("held"))
        .join(order, order.c.id == order_line.c.order_id)
        .outerjoin(shipment, shipment.c.order_id == order.c.id)
        .where(
            order.c.closed_us.is_(None),
            or_(shipment.c.state.is_(None), shipment.c.state == ShipmentState.GATHERING.value),
            order_line.c.quantity > held,
        )
        .order_by(order.c.priority, order.c.due_us, order_line.c.id)
    )
    hospitals = {hospital.id: hospital for hospital in plant.hospitals}
    return [_wish(conn, row, hospitals[row["hospital"]], at) for row in conn.execute(query).mappings()]


def ask(conn: Connection, plant: Plant, at: datetime, excursion_at: Callable[[str], bool]) -> Question | None:
    """Gather the question to the solver at ``at``; None when no line misses a bag."""
    wishes = {wish.line: wish for wish in open_wishes(conn, plant, at)}
    if not wishes:
        return None
    components = {wish.component for wish in wishes.values()}
    query = select(bag.c.id, bag.c.version, bag.c.place).where(
        bag.c.status.in_(_SHOWN),
        bag.c.component.in_(components),
        bag.c.expires_us > to_us(at),
        ~_could_not_be_fetched(at),
    )
    shown = conn.execute(query).all()
    facts = [facts_from(conn, plant, row.id, excursion_at, at) for row in shown]
    kept = kept_for_patients(list(wishes.values()), facts, at)
    bags = [
        _bag_row(one, _shelf(one.component, kept.get(one.bag)), row.place, at)
        for one, row in zip(facts, shown, strict=True)
    ]
    lines = [_line_row(wish) for wish in wishes.values()]
    families = {_shelf_of(wish): plant.components[wish.component].family for wish in wishes.values()}
    families |= {component: plant.components[component].family for component in components}
    snapshot = build_snapshot(at, families, bags, lines, timezone=plant.site.timezone)
    return Question(snapshot, wishes, {row.id: row.version for row in shown})


def kept_for_patients(wishes: Sequence[Wish], facts: Sequence[BagFacts], at: datetime) -> Mapping[str, str]:
    """Bag -> line, for lines that name a patient: only they may choose among bags that suit that patient.

    The most urgent line chooses first; of the bags that suit, best group first, those that expire first. The solver
    sees what is kept as a component of its own, so that it needs to know nothing of patients.
    """
    kept: dict[str, str] = {}
    for wish in wishes:
        if wish.patient is None:
            continue
        suiting = [one for one in facts if one.bag not in kept and wish.takes(one, at)]
        kept |= {one.bag: wish.line for one in sorted(suiting, key=partial(_wanted_first, wish))[: wish.missing]}
    return kept


def _wanted_first(wish: Wish, facts: BagFacts) -> tuple[bool, int, datetime, str]:
    """What is meant for this very patient first, then by group and expiry."""
    order = preference(facts.family, wish.group, facts.policy)
    rank = order.index(facts.group) if facts.group in order else len(order)
    return (facts.intended_for is None, rank, facts.expires_at, facts.bag)


def _shelf_of(wish: Wish) -> str:
    return _shelf(wish.component, None if wish.patient is None else wish.line)


def _shelf(component: str, line: str | None) -> str:
    """The name under which the solver knows a component, or what of it is kept for a line."""
    return component if line is None else f"{component} for {line}"


def _could_not_be_fetched(at: datetime) -> Exists:
    return exists().where(
        task.c.bag == bag.c.id,
        task.c.state == TaskState.FAILED.value,
        task.c.purpose == MovePurpose.PICK.value,
        task.c.from_place == bag.c.place,
        task.c.ended_us > to_us(at - LEFT_ALONE),
    )


def _wish(conn: Connection, row: RowMapping, hospital: Hospital, at: datetime) -> Wish:
    arrival = max(from_us(row["due_us"]), at + timedelta(minutes=hospital.road_min))
    return Wish(
        line=row["id"],
        order=row["order_id"],
        hospital=row["hospital"],
        priority=row["priority"],
        component=row["component"],
        group=BloodGroup(row["abo_rhd"]),
        missing=row["quantity"] - row["held"],
        held=row["held"],
        substitution=bool(row["substitution"]),
        usable_until=arrival + timedelta(days=row["min_days_left"]),
        patient=None if row["patient"] is None else as_patient(require_patient(conn, hospital.id, row["patient"])),
    )


def _line_row(wish: Wish) -> LineRow:
    return LineRow(
        line=wish.line,
        hospital=wish.hospital,
        component=_shelf_of(wish),
        recipient=wish.group,
        quantity=wish.missing,
        priority=wish.priority,
        substitution=wish.substitution,
        usable_until=wish.usable_until,
    )


def _bag_row(facts: BagFacts, shelf: str, place: str | None, at: datetime) -> BagRow:
    refused = in_both([] if shelf != facts.component else eligibility(facts, Purpose(Act.RESERVE), at))
    return BagRow(
        bag=facts.bag,
        component=shelf,
        group=facts.group,
        expires_at=facts.expires_at,
        place=place or "",
        zone=facts.zone,
        retrieval=_retrieval(place),
        refused=refused.en,
        refused_zh=refused.zh,
    )


def _retrieval(place: str | None) -> int:
    """Slots are numbered in the order of retrieval; a bag that lies nowhere known is the last one to fetch."""
    number = (place or "").rpartition("/")[2]
    return int(number) if number.isdigit() else _UNREACHABLE
