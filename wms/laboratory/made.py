"""A pool has a number of its own and no results: what is known of the donations in it is what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wms.bags.commands import change_fields
from wms.holds.scopes import made_from
from wms.laboratory.algorithm import Verdict
from wms.store.driver import Driver
from wms.store.tx import Actor, Tx

_FROM_BEST: Final = (Verdict.NEGATIVE, Verdict.PENDING, Verdict.NOT_NEGATIVE)
_PARENTS: Final = (
    "SELECT bag.tests FROM bag_parentage JOIN bag ON bag.id = bag_parentage.parent WHERE bag_parentage.child = ?"
)


def follow_into_pools(tx: Tx, actor: Actor, din: str, bags: Sequence[str]) -> None:
    """Let everything of another number that was made of these bags of a donation have the worst of its parents' tests.

    Nothing that is not negative becomes better, and nothing that has results of its own does.
    """
    waiting = list(bags)
    while waiting:
        for child in made_from(tx.raw, waiting.pop()):
            waiting.append(child)
            own_din, tests = tx.raw.execute("SELECT din, tests FROM bag WHERE id = ?", (child,)).fetchone()
            if own_din == din:
                continue
            known, worst = Verdict(tests), _worst_of_parents(tx.raw, child)
            if worst is known or (_is_better(worst, known) and _is_settled(tx.raw, own_din, known)):
                continue
            change_fields(tx, actor, child, "bag.tests_changed", data={"donation": din}, tests=worst.value)


def _worst_of_parents(raw: Driver, child: str) -> Verdict:
    return max((Verdict(tests) for (tests,) in raw.execute(_PARENTS, (child,)).fetchall()), key=_FROM_BEST.index)


def _is_better(one: Verdict, other: Verdict) -> bool:
    return _FROM_BEST.index(one) < _FROM_BEST.index(other)


def _is_settled(raw: Driver, din: str, known: Verdict) -> bool:
    own = raw.execute("SELECT 1 FROM test_result WHERE din = ? LIMIT 1", (din,)).fetchone()
    return known is Verdict.NOT_NEGATIVE or own is not None
