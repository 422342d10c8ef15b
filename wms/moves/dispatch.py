"""Giving waiting tasks to carriers: one trip at a time each, most urgent first, with a reason for each that waits.

A task begins when its machine is free and all room on its way can be reserved (`wms.moves.claims`). One that waits for
room keeps what becomes free from those behind it, so nobody is overtaken for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from blood.eligibility import Act, Purpose, ReasonCode, eligibility
from plant.model import CARRIERS
from wms.bags.facts import facts_of
from wms.bags.projection import BagState, require
from wms.moves import claims, steps, trips
from wms.moves.availability import Blockage, blocked_devices
from wms.moves.claims import Room
from wms.moves.graph import Graph, Leg, Way, graph_of
from wms.moves.model import MovePurpose, Step, Task, TaskState, Wait
from wms.moves.progress import found_at, settle
from wms.moves.slots import Search, choose_slot
from wms.moves.tasks import SELECT_TASK, cancel_move, end_task, has_arrived, set_wait, slot_detail, task_of
from wms.moves.trips import Trip
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_LOOK_AHEAD: Final = 50
"""Tasks that are looked at in one go for each carrier."""
_PATIENCE: Final = timedelta(minutes=10)
"""Domain time after which a task that could begin, were its machine free, keeps its room from those behind it."""
_DETOUR_AFTER: Final = timedelta(seconds=30)
"""Domain time for which a task simply waits for its machine's turn; then other ways are looked at too."""
_TURN: Final = (
    "ORDER BY priority, coalesce(waits, '') IN ('slot', 'alone', 'no_way', 'no_tag', 'bag_away', 'unseen'), "
    "created_us, id"
)
"""What nobody could carry out at the last look comes after its equals: it must not fill the look-ahead for ever."""


def dispatch_waiting(tx: Tx, actor: Actor) -> None:
    """Give each free carrier a trip with the most urgent possible loads, and say for the others what they wait for."""
    settle(tx, actor)
    look = _Look.now(tx)
    carriers = sum(device.kind in CARRIERS for device in tx.plant.devices)
    rows = tx.raw.execute(
        f"{SELECT_TASK} WHERE state = 'waiting' AND not_before_us <= ? {_TURN} LIMIT ?",
        (to_us(tx.now), _LOOK_AHEAD * max(1, carriers)),
    ).fetchall()
    for task in map(task_of, rows):
        if not look.still_waits_for_its_turn(tx, task):
            _give(tx, actor, look, task)
    for trip in look.trips.values():
        trips.send(tx, trip)


def why_not_pick(tx: Tx, bag: str, *, under_way: bool = False) -> str:
    """Every reason why a bag must not be taken for its order now, in words; empty when it may.

    Asked when somebody really goes for the bag, and again before the step to the gate: it may have become unfit since,
    and at the gate nobody can see any more that the place which it came from is too warm. Only from its shelf must a
    bag come from the right zone; ``under_way`` it stands in none.
    """
    facts = facts_of(tx, bag)
    reasons = eligibility(facts, Purpose(Act.PICK, order_line=facts.order_line), tx.now)
    counted = [reason for reason in reasons if not (under_way and reason.code is ReasonCode.ZONE)]
    return "; ".join(f"{reason.code.value}: {reason.detail}" for reason in counted)


@dataclass(slots=True)
class _Look:
    """What one look at the waiting tasks knows: the machines, the room, and the trips put together so far."""

    graph: Graph
    blocked: dict[str, Blockage]
    busy: set[str]
    room: Room
    begun: dict[str, list[Step]]
    on_machines: dict[str, str]
    trips: dict[str, Trip] = field(default_factory=dict)
    no_slot: dict[tuple[object, ...], Wait] = field(default_factory=dict)

    @staticmethod
    def now(tx: Tx) -> _Look:
        return _Look(
            graph_of(tx.plant),
            blocked_devices(tx),
            trips.busy_devices(tx),
            Room(tx),
            steps.waiting_steps(tx),
            steps.bags_on_machines(tx),
        )

    @property
    def out_of_order(self) -> frozenset[str]:
        return frozenset(self.blocked)

    def still_waits_for_its_turn(self, tx: Tx, task: Task) -> bool:
        """True for a task that has not begun, waits for a machine only, and whose machine has a trip still."""
        turn = task.waits is Wait.TURN and task.id not in self.begun and task.device is not None
        runs = task.device in self.busy and task.device not in self.blocked
        return turn and runs and tx.now - task.created_at < _DETOUR_AFTER

    def first_blocked(self, way: Sequence[Leg | Step]) -> str | None:
        return next((leg.device for leg in way if leg.device in self.blocked), None)

    def trip_for(self, tx: Tx, leg: Leg | Step) -> Trip | None:
        """The trip that can take a load of this leg: one being put together, or a new one of a free machine."""
        begin, end = self.graph.node(leg.from_place) or leg.from_place, self.graph.node(leg.to_place) or leg.to_place
        trip = self.trips.get(leg.device)
        if trip is not None:
            return trip if trip.takes(begin, end) else None
        if leg.device in self.busy:
            return None
        return Trip(leg.device, begin, end, tx.plant.device_by_id[leg.device].carries)


def _give(tx: Tx, actor: Actor, look: _Look, task: Task) -> None:
    """Put a task on a trip, or say what it waits for."""
    state = require(tx.raw, task.bag)
    if task.bag in look.on_machines:
        set_wait(tx, task.id, Wait.MACHINE, look.on_machines[task.bag])
        return
    if state["place"] is None:
        if task.waits is not Wait.UNSEEN:
            set_wait(tx, task.id, Wait.BAG_AWAY, task.bag)
        return
    place = str(state["place"])
    if has_arrived(tx, task, place):
        found_at(tx, actor, task, place, tx.now, "it lies there already")
        return
    rest: Sequence[Step] = look.begun.get(task.id, [])
    if rest and rest[0].from_place != place:
        found_at(tx, actor, task, place, tx.now)
        rest = steps.open_steps(tx.raw, task.id)
    if rest and (blocked := look.first_blocked(rest)) is not None:
        rest = _around(tx, look, task, state, blocked)
        if not rest:
            return
    if rest:
        _load(tx, actor, look, task, state, rest)
    else:
        _begin(tx, actor, look, task, state)


def _begin(tx: Tx, actor: Actor, look: _Look, task: Task, state: BagState) -> None:
    """Begin a task when its machine is free and there is room on its whole way."""
    way = _way(tx, look, task, state)
    if way is None:
        return
    if state["epc"] is None:
        set_wait(tx, task.id, Wait.NO_TAG, task.bag)
        return
    stops = look.room.stops(way)
    lacking = look.room.lacking(stops)
    if lacking is not None:
        look.room.keep((lacking,))
        set_wait(tx, task.id, Wait.ROOM, lacking)
        return
    trip = look.trip_for(tx, way[0])
    if trip is None:
        way = _detour(tx, look, task, state, way)
        trip = look.trip_for(tx, way[0])
    if trip is None:
        if tx.now - task.created_at >= _PATIENCE:
            look.room.keep(stops)
        set_wait(tx, task.id, Wait.TURN, way[0].device)
        return
    if _is_refused(tx, actor, task, state):
        return
    look.room.claim(tx, task.id, look.room.stops(way))
    step = steps.write_steps(tx, task.id, way)[0]
    look.trips[trip.device] = trip
    trip.loads.append((step, task.bag, str(state["epc"])))


def _detour(tx: Tx, look: _Look, task: Task, state: BagState, way: Way) -> Way:
    """Another way that does not begin with a busy machine, once a task has waited for as long as it takes more."""
    other = look.graph.path(str(state["place"]), str(task.to_place), look.out_of_order | {way[0].device})
    if not other or look.room.lacking(look.room.stops(other)) is not None or look.trip_for(tx, other[0]) is None:
        return way
    longer = sum(leg.seconds for leg in other) - sum(leg.seconds for leg in way)
    return other if (tx.now - task.created_at).total_seconds() >= longer else way


def _load(tx: Tx, actor: Actor, look: _Look, task: Task, state: BagState, rest: Sequence[Step]) -> None:
    """Put the next step of a task that has begun on a trip; its room is reserved."""
    trip = look.trip_for(tx, rest[0])
    if trip is None:
        set_wait(tx, task.id, Wait.TURN, rest[0].device)
    elif state["epc"] is None:
        set_wait(tx, task.id, Wait.NO_TAG, task.bag)
    elif len(rest) > 1 or not _is_refused(tx, actor, task, state):
        look.trips[trip.device] = trip
        trip.loads.append((rest[0], task.bag, str(state["epc"])))


def _is_refused(tx: Tx, actor: Actor, task: Task, state: BagState) -> bool:
    """A pick that must not go on ends: taken back while the bag is on its shelf, failed once it has left it."""
    if task.purpose is not MovePurpose.PICK:
        return False
    under_way = state["place"] != task.from_place
    reasons = why_not_pick(tx, task.bag, under_way=under_way)
    if reasons and under_way:
        end_task(tx, actor, task, TaskState.FAILED, reasons)
    elif reasons:
        cancel_move(tx, actor, task.id, reasons)
    return bool(reasons)


def _around(tx: Tx, look: _Look, task: Task, state: BagState, blocked: str) -> Sequence[Step]:
    """Another way for a task that has begun, around a machine that is out of order; empty when it has to wait.

    The claims are exchanged only when the whole new way can be reserved. A bag that has not left its first place yet
    gives its room back instead of waiting with it.
    """
    place = str(state["place"])
    own = [stop for stop in claims.claimed_stops(tx.raw, task.id) if stop != place]
    way = look.graph.path(place, str(task.to_place), look.out_of_order)
    if way is None and task.zone is not None and (slot := _other_slot(tx, look, task, state)) is not None:
        way = look.graph.path(place, slot, look.out_of_order)
    if way is not None and look.room.lacking(look.room.stops(way), own) is None:
        steps.abandon(tx, task.id)
        look.room.exchange(tx, task.id, own, look.room.stops(way))
        _aim(tx, task, way)
        return steps.write_steps(tx, task.id, way)
    if place == task.from_place:
        steps.abandon(tx, task.id)
        look.room.give_back(tx, task.id, own)
    _wait_for(tx, look, task, blocked)
    return ()


def _way(tx: Tx, look: _Look, task: Task, state: BagState) -> Way | None:
    """The whole way of a task that has not begun, its slot chosen; None when it waits, and then it says for what."""
    place, target = str(state["place"]), task.to_place
    way = None if target is None else look.graph.path(place, target, look.out_of_order)
    if way is None and task.zone is not None:
        found = _slot(tx, look, state, task, reachable_only=target is not None)
        if isinstance(found, Wait):
            if target is None:
                set_wait(tx, task.id, found, slot_detail(state, task.zone))
                return None
        else:
            claims.claim_slot(tx.raw, task.id, found)
            target = found
            way = look.graph.path(place, found, look.out_of_order)
            _aim(tx, task, way, target)
    if way is not None:
        return way
    on_foot = look.graph.path(place, str(target))
    blocked = None if on_foot is None else look.first_blocked(on_foot)
    if blocked is None:
        set_wait(tx, task.id, Wait.NO_WAY, place)
    else:
        _wait_for(tx, look, task, blocked)
    return None


def _other_slot(tx: Tx, look: _Look, task: Task, state: BagState) -> str | None:
    """A slot that can be reached now for a bag that is under way, with room on the way; claimed for it."""
    found = _slot(tx, look, state, task, reachable_only=True)
    if isinstance(found, Wait):
        return None
    way = look.graph.path(str(state["place"]), found, look.out_of_order) or ()
    if look.room.lacking(look.room.stops(way), claims.claimed_stops(tx.raw, task.id)) is not None:
        return None
    claims.claim_slot(tx.raw, task.id, found)
    return found


def _slot(tx: Tx, look: _Look, state: BagState, task: Task, *, reachable_only: bool) -> str | Wait:
    """The best free slot; that there is none for one kind of bag is looked up once."""
    if task.zone is None:
        return Wait.SLOT
    node = look.graph.node(str(state["place"]))
    kind = (task.zone, state["component"], state["donation_type"], node, reachable_only)
    if kind in look.no_slot:
        return look.no_slot[kind]
    found = choose_slot(tx.raw, tx.plant, Search(state, task.zone, tx.now, look.out_of_order, reachable_only))
    if isinstance(found, Wait):
        look.no_slot[kind] = found
    return found


def _aim(tx: Tx, task: Task, way: Way | None, target: str | None = None) -> None:
    """Note where a task goes now, and with which machine it begins."""
    goal = way[-1].to_place if way else target
    device = way[0].device if way else None
    tx.raw.execute("UPDATE task SET to_place = ?, device = ? WHERE id = ?", (goal, device, task.id))
    tx.notify("task", task.id)


def _wait_for(tx: Tx, look: _Look, task: Task, device: str) -> None:
    blockage = look.blocked[device]
    set_wait(tx, task.id, Wait.BLOCKED, device, blockage.state, *([blockage.reason] if blockage.reason else []))
