"""Orders that nobody has to ask for: what a hospital's line misses and can be made, and the site's share of plasma."""

from __future__ import annotations

from typing import Final
from zlib import crc32

from blood.compatibility import preference
from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from blood.operations import Operation, OperationKind
from wms.bags.facts import facts_of
from wms.machines.batches import CAPACITY, WAITING_FREELY, idle, outlet_of
from wms.orders import reservations
from wms.orders.sentences import being_prepared
from wms.orders.wishes import Wish, open_wishes
from wms.preparation.orders import Ask, claim, create_order, open_orders
from wms.preparation.recipes import operations_of, parents_a_unit, robots_for
from wms.preparation.sentences import made_for_share, made_for_shortage
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

MOST_ORDERS_A_LINE: Final = 2
"""Automatic orders for one line, ever: the second when the first came out short."""
_FOR_LINES: Final = frozenset({OperationKind.IRRADIATE, OperationKind.WASH, OperationKind.POOL})
"""Recipes that answer a shortage: they take bags from stock and are done within the hour."""
_THOUSAND: Final = 1000


def order_shortages(tx: Tx, actor: Actor) -> None:
    """Make an order for each open line that misses bags which a robot can make from stock."""
    makes = {one.output: one for one in operations_of(tx.plant) if one.recipe in _FOR_LINES and _can(tx, one)}
    for wish in open_wishes(tx.conn, tx.plant, tx.now):
        operation = makes.get(wish.component)
        if operation is None:
            continue
        missing = wish.missing - _in_stock(tx, wish) - _under_way(tx, wish.line)
        if missing > 0 and _orders_of(tx, wish.line) < MOST_ORDERS_A_LINE:
            _order(tx, actor, wish, operation, missing)


def send_share(tx: Tx, actor: Actor) -> None:
    """Send the site's share of bags the way of an operation that has one; which bags is fixed by their ids."""
    for operation in operations_of(tx.plant):
        if operation.automatic_share <= 0:
            continue
        for robot in robots_for(tx.plant, operation.recipe.value):
            if not idle(tx, robot.id):
                continue  # plasma must not stand warm: what the robot cannot take now goes into the freezer as it is
            waiting = _waiting(tx, operation, outlet_of(tx.plant, robot))
            chosen = [bag for bag in waiting if _falls_in(operation, bag)][:CAPACITY]
            if chosen:
                component = tx.plant.components[str(operation.output)]
                why = made_for_share(component.name_en, component.name_zh)
                ask = Ask(operation.recipe.value, component.key, len(chosen), bags=tuple(chosen), why=why)
                claim(tx, actor, create_order(tx, actor, ask), chosen)


def _can(tx: Tx, operation: Operation) -> bool:
    return bool(robots_for(tx.plant, operation.recipe.value))


def _order(tx: Tx, actor: Actor, wish: Wish, operation: Operation, missing: int) -> None:
    component = tx.plant.components[wish.component]
    group = _best_group(tx, wish, operation, missing)
    why = made_for_shortage(wish.order, missing, component.name_en, component.name_zh, group.value)
    ask = Ask(
        recipe=operation.recipe.value,
        component=wish.component,
        quantity=missing,
        group=group,
        for_order=wish.order,
        for_line=wish.line,
        usable_until=wish.usable_until,
        why=why,
    )
    order = create_order(tx, actor, ask)
    reservations.set_sentence(tx, wish.line, being_prepared(order, missing))
    tx.notify("order", wish.order)


def _best_group(tx: Tx, wish: Wish, operation: Operation, missing: int) -> BloodGroup:
    """The first group of the patient's order of preference with enough bags; else the one with most, else their own."""
    family = tx.plant.components[wish.component].family
    groups = preference(family, wish.group) if wish.substitution else (wish.group,)
    needed = missing * parents_a_unit(tx.plant, operation)
    counts = {group: _sources(tx, operation, group) for group in groups}
    for group, count in counts.items():
        if count >= needed:
            return group
    return max(groups, key=lambda group: counts[group])


def _sources(tx: Tx, operation: Operation, group: BloodGroup) -> int:
    oldest = 0 if operation.max_age is None else to_us(tx.now - operation.max_age)
    total = 0
    for component in operation.inputs:
        (count,) = tx.raw.execute(
            "SELECT count(*) FROM bag WHERE component = ? AND abo_rhd = ? AND status = 'AVAILABLE' AND claim IS NULL "
            "AND expires_us > ? AND collected_us >= ?",
            (component, group.value, to_us(tx.now), oldest),
        ).fetchone()
        total += int(count)
    return total


def _in_stock(tx: Tx, wish: Wish) -> int:
    """Bags that the planner can still give to the line, or could as soon as their label is on."""
    rows = tx.raw.execute(
        "SELECT id FROM bag WHERE component = ? AND status = 'AVAILABLE' AND expires_us > ? AND claim IS NULL",
        (wish.component, to_us(tx.now)),
    ).fetchall()
    family = tx.plant.components[wish.component].family
    wanted = set(preference(family, wish.group)) if wish.substitution else {wish.group}
    facts = (facts_of(tx, bag) for (bag,) in rows)
    return sum(
        one.group in wanted and one.expires_at >= wish.usable_until and not one.open_holds and not one.recalls
        for one in facts
    )


def _under_way(tx: Tx, line: str) -> int:
    """Units of open orders for a line, and what they made that is not in stock yet."""
    orders = [order for order in open_orders(tx.raw) if order.for_line == line]
    open_units = sum(order.quantity - order.made - order.held for order in orders)
    (quarantined,) = tx.raw.execute(
        "SELECT count(DISTINCT bag.id) FROM preparation_order JOIN batch ON batch.prep_order = preparation_order.id "
        "JOIN batch_bag ON batch_bag.batch = batch.id JOIN bag_parentage ON bag_parentage.parent = batch_bag.bag "
        "JOIN bag ON bag.id = bag_parentage.child WHERE preparation_order.for_line = ? AND bag.status = 'QUARANTINE' "
        "AND bag.process_check = 'passed'",
        (line,),
    ).fetchone()
    return open_units + int(quarantined)


def _orders_of(tx: Tx, line: str) -> int:
    (count,) = tx.raw.execute("SELECT count(*) FROM preparation_order WHERE for_line = ?", (line,)).fetchone()
    return int(count)


def _waiting(tx: Tx, operation: Operation, outlet: str) -> list[str]:
    rows = (
        tx.raw.execute(WAITING_FREELY, (BagStatus.PROCESSING.value, outlet, component)).fetchall()
        for component in operation.inputs
    )
    return [bag for part in rows for bag, _ in part]


def _falls_in(operation: Operation, bag: str) -> bool:
    return crc32(bag.encode()) % _THOUSAND < operation.automatic_share * _THOUSAND
