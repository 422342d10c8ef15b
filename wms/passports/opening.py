"""Opening dispositions: a trigger that is true for a bag holds it at once and puts an item on the work list.

Asking again changes nothing: an event that is known is brought up to date, one that got worse is raised to the graver
trigger, and one that went on after people had decided, or turned out worse than what they knew, asks anew. What is
heard of a bag that was used up is asked of everything that was made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from blood.eligibility import BagStatus
from runtime.ids import new_id
from wms.bags.projection import BagChange, load
from wms.holds.commands import end_rule_holds, place_hold
from wms.holds.scopes import made_from
from wms.passports.decide import hold_reason
from wms.passports.events import Event, Triggered
from wms.passports.model import Side
from wms.passports.outcomes import DispositionState
from wms.passports.record_rules import Automatic, TriggerRule, record_rules
from wms.passports.verdict import sentence_of
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx

PASSPORTS: Final = Actor("service:passports", "serve")
APART: Final = timedelta(minutes=30)
"""Events of one bag and kind that are closer than this are one, and so is what ended this soon after a decision."""
FURTHER_C: Final = 0.5
"""A worst value further than this from the one that people knew is another matter than they decided about (design)."""
_KNOWN: Final = (
    "SELECT id, trigger_key, event, from_us, to_us, minutes, worst_c, hold, state, decided_us FROM disposition "
    "WHERE bag = ? AND event LIKE ? ORDER BY opened_us DESC, id DESC"
)


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    trigger: str
    event: str
    from_at: datetime
    to_at: datetime
    minutes: float
    worst_c: float | None
    hold: str | None
    state: DispositionState
    decided_at: datetime | None


def open_items(tx: Tx, bag: str, found: Sequence[Triggered]) -> int:
    """Open, raise or bring up to date the items of one bag; returns how many are new or graver.

    Those of a bag that was used up are of all that was made of it and is still there. A bag that does not exist, or
    whose story is over in another way, gets none.
    """
    return sum(_open(tx, line, one) for line in _affected(tx, (bag,)) for one in found)


def _affected(tx: Tx, line: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The bags that something heard of the first of a line of descent is about, each as the line from it down."""
    state = load(tx.raw, line[-1])
    if state is None:
        return
    if state["ended_us"] is None:
        yield line
    elif state["status"] == BagStatus.CONSUMED.value:
        for child in made_from(tx.raw, line[-1]):
            yield from _affected(tx, (*line, child))


def _open(tx: Tx, line: tuple[str, ...], found: Triggered) -> int:
    """Ask of the last bag of a line, unless it, or one that it was made of, was decided about knowing as much."""
    bag, key = line[-1], found.event.key
    for known in _known(tx, bag, found.event):
        if known.state is DispositionState.OPEN:
            return _renew(tx, line, known, found)
        if _settles(tx, known, found):
            return 0
        key = f"{found.event.key}.{0 if known.decided_at is None else to_us(known.decided_at)}"
        break
    if any(_settles(tx, known, found) for above in line[:-1] for known in _known(tx, above, found.event)):
        return 0
    _insert(tx, line, key, found)
    return 1


def _settles(tx: Tx, known: _Known, found: Triggered) -> bool:
    """True when people decided, and what is known by now is no graver, no longer and no further than they knew."""
    if known.state is not DispositionState.DECIDED or known.decided_at is None:
        return False  # nobody decided about a bag whose story had ended
    event, decided = found.event, record_rules(tx.plant.profile).named(known.trigger)
    if event.to_at > known.decided_at + APART or _gravity(found.rule) > _gravity(decided):
        return False
    if event.minutes > known.minutes + APART / timedelta(minutes=1):
        return False
    if event.worst_c is None or known.worst_c is None:
        return True
    further = known.worst_c - event.worst_c if event.side is Side.BELOW else event.worst_c - known.worst_c
    return further <= FURTHER_C


def _known(tx: Tx, bag: str, event: Event) -> list[_Known]:
    """What is known of the same event, the newest first: one of its kind (and side) that lies beside or over it."""
    kind = event.key.rpartition(".")[0]
    rows = tx.raw.execute(_KNOWN, (bag, f"{kind}.%")).fetchall()
    found = [
        _Known(
            id=number,
            trigger=trigger,
            event=key,
            from_at=from_us(began),
            to_at=from_us(ended),
            minutes=float(minutes),
            worst_c=None if worst is None else float(worst),
            hold=hold,
            state=DispositionState(state),
            decided_at=from_us_or_none(decided),
        )
        for number, trigger, key, began, ended, minutes, worst, hold, state, decided in rows
    ]
    return [one for one in found if one.from_at - APART <= event.to_at and event.from_at <= one.to_at + APART]


def _renew(tx: Tx, line: tuple[str, ...], known: _Known, found: Triggered) -> int:
    """An open item learns how long and how far it went; a graver trigger takes its place, a lighter one never."""
    bag, event = line[-1], found.event
    if (known.to_at, known.minutes, known.worst_c) == (event.to_at, event.minutes, event.worst_c):
        return 0
    standing = record_rules(tx.plant.profile).named(known.trigger)
    is_graver = _gravity(found.rule) > _gravity(standing)
    rule = found.rule if is_graver else standing
    hold = place_hold(tx, PASSPORTS, bag=bag, reason=hold_reason(rule)) if is_graver else known.hold
    english, chinese = _sentence(line, event)
    tx.raw.execute(
        "UPDATE disposition SET trigger_key = ?, from_us = ?, to_us = ?, minutes = ?, worst_c = ?, detail_en = ?, "
        "detail_zh = ?, hold = ? WHERE id = ?",
        (
            rule.key, to_us(event.from_at), to_us(event.to_at), event.minutes, event.worst_c, english, chinese, hold,
            known.id,
        ),
    )  # fmt: skip
    tx.notify("disposition", known.id)
    if not is_graver:
        return 0
    (others,) = tx.raw.execute(
        "SELECT count(*) FROM disposition WHERE bag = ? AND trigger_key = ? AND state = 'open'", (bag, standing.key)
    ).fetchone()
    if not others:
        end_rule_holds(tx, PASSPORTS, bag, hold_reason(standing), f"it got worse: {rule.key}")
    data = {**_data(bag, rule, event), "before": standing.key}
    tx.record("disposition.raised", actor=PASSPORTS, subject=known.id, data=data, bag=BagChange(bag, {}))
    return 1


def _insert(tx: Tx, line: tuple[str, ...], key: str, found: Triggered) -> None:
    bag, rule, event, number = line[-1], found.rule, found.event, new_id("dsp")
    hold = place_hold(tx, PASSPORTS, bag=bag, reason=hold_reason(rule))
    english, chinese = _sentence(line, event)
    tx.raw.execute(
        "INSERT INTO disposition (id, bag, trigger_key, event, place, from_us, to_us, minutes, worst_c, detail_en, "
        "detail_zh, hold, state, opened_us, people) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            number, bag, rule.key, key, event.place, to_us(event.from_at), to_us(event.to_at), event.minutes,
            event.worst_c, english, chinese, hold, DispositionState.OPEN.value, to_us(tx.now), "[]",
        ),
    )  # fmt: skip
    data = _data(bag, rule, event)
    tx.record("disposition.opened", actor=PASSPORTS, subject=number, data=data, bag=BagChange(bag, {}))
    tx.notify("disposition", number)
    tx.notify("passport", bag)


def _sentence(line: tuple[str, ...], event: Event) -> tuple[str, str]:
    """What happened, and to which bag when it was another that this one was made of."""
    english, chinese = sentence_of(event)
    if len(line) == 1:
        return english, chinese
    return f"{line[0]}, of which it was made: {english}", f"其来源血袋 {line[0]}：{chinese}"


def _data(bag: str, rule: TriggerRule, event: Event) -> dict[str, Any]:
    return {
        "bag": bag,
        "trigger": rule.key,
        "automatic": rule.automatic.value,
        "place": event.place,
        "from": event.from_at.isoformat(),
        "to": event.to_at.isoformat(),
        "minutes": event.minutes,
        "worst_c": event.worst_c,
    }


def _gravity(rule: TriggerRule) -> tuple[bool, int]:
    return rule.automatic is Automatic.BLOCK, rule.people
