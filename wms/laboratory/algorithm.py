"""What a set of raw results amounts to, by the profile's algorithm: computed, never typed. Pure.

A first reaction is repeated, in other runs and by the same reagent, as often as the profile says: all repeats negative
is negative, anything else is not. A result that the profile calls `not_negative` is never washed away by any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood.groups import BloodGroup
from wms.laboratory.profile import RequiredTest, RequiredTests, TestKind, number_of

_RHD_NEGATIVE: Final = "-"


class Verdict(StrEnum):
    """What the results of a donation amount to; the words of the `bag.tests` column."""

    PENDING = "pending"
    NEGATIVE = "negative"
    NOT_NEGATIVE = "not_negative"


@dataclass(frozen=True, slots=True)
class Result:
    """One raw result as the laboratory reported it. A run is one plate or pool: one reagent, one device."""

    test: str
    value: str
    run: str = ""
    method: str = ""
    reagent: str | None = None

    @property
    def channel(self) -> str:
        """By what it was found: the reagent, or the method where no reagent was told."""
        return self.reagent or self.method


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict, the confirmed group, and why not when it is not negative.

    ``repeat`` names the tests that are waiting for their repeats, ``missing`` those that have too few results yet;
    ``contradiction`` is the sentence for a group that disagrees with the donor's earlier ones.
    """

    verdict: Verdict
    group: BloodGroup | None
    faults: tuple[str, ...]
    missing: tuple[str, ...]
    repeat: tuple[str, ...]
    groups_disagree: bool
    contradiction: str | None


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one reagent says: negative, repeats still owed, or a fault."""

    owed: int
    fault: str | None


def assess(required: RequiredTests, results: Sequence[Result], history: Iterable[str] = ()) -> Assessment:
    """What results (in the order in which they were found) amount to; ``history``: the donor's confirmed groups."""
    by_test: dict[str, list[Result]] = {}
    for result in results:
        by_test.setdefault(result.test, []).append(result)
    faults: list[str] = []
    missing: list[str] = []
    repeat: list[str] = []
    for test in required.test:
        found = by_test.get(test.key, [])
        faults += _faults(test, found)
        if any(one.owed for one in _findings(test, found)):
            repeat.append(test.key)
        if _lacks(required, test, by_test, set(history)):
            missing.append(test.key)
    verdict = Verdict.NOT_NEGATIVE if faults else Verdict.PENDING if missing or repeat else Verdict.NEGATIVE
    group_test = next(test for test in required.test if test.kind is TestKind.GROUP)
    values = [result.value for result in by_test.get(group_test.key, [])]
    contradiction = _contradiction(group_test, values, set(history))
    group = None if contradiction or _lacks_group(group_test, values, set(history)) else BloodGroup(values[0])
    return Assessment(
        verdict=verdict,
        group=group if len(set(values)) == 1 else None,
        faults=tuple(faults),
        missing=tuple(missing),
        repeat=() if faults else tuple(repeat),
        groups_disagree=len(set(values)) > 1,
        contradiction=contradiction,
    )


def _faults(test: RequiredTest, results: Sequence[Result]) -> Iterator[str]:
    if test.kind is TestKind.MARKER:
        yield from (one.fault for one in _findings(test, results) if one.fault is not None)
    if test.kind is TestKind.LIMIT and test.max is not None:
        for result in results:
            if not number_of(test, result.value) <= test.max.value:
                yield f"{test.key}: {result.value} {test.unit}, at most {test.max.value:g}"
    if test.kind is TestKind.GROUP and len(values := {result.value for result in results}) > 1:
        yield f"{test.key}: results disagree ({', '.join(sorted(values))})"


def _findings(test: RequiredTest, results: Sequence[Result]) -> list[_Finding]:
    """One finding for each reagent that was used; only markers have any."""
    if test.kind is not TestKind.MARKER:
        return []
    by_channel: dict[str, list[Result]] = {}
    for result in results:
        by_channel.setdefault(result.channel, []).append(result)
    return [_finding(test, found) for found in by_channel.values()]


def _finding(test: RequiredTest, results: Sequence[Result]) -> _Finding:
    """Walk one reagent's results: a reaction owes repeats of other runs, a reaction among the repeats is a fault."""
    owed, first = 0, ""
    for result in results:
        if result.value in test.negative:
            owed -= 1 if owed and result.run != first else 0
        elif result.value in test.repeat and not (owed and result.run != first):
            owed, first = (0 if test.repeats is None else test.repeats.value), result.run
        elif result.value in test.repeat:
            return _Finding(0, f"{test.key}: {result.value} when repeated")
        else:
            return _Finding(0, f"{test.key}: {result.value}")
    return _Finding(owed, None)


def _lacks(required: RequiredTests, test: RequiredTest, by_test: dict[str, list[Result]], history: set[str]) -> bool:
    results = by_test.get(test.key, [])
    if test.kind is TestKind.GROUP:
        return _lacks_group(test, [result.value for result in results], history)
    if test.kind is TestKind.LIMIT or test.reagents is None:
        return not results
    negative = {result.channel for result in results if result.value in test.negative}
    if test.or_with is not None and negative and _is_negative(required.find(test.or_with), by_test):
        return False
    return len(negative) < test.reagents.value


def _is_negative(test: RequiredTest, by_test: dict[str, list[Result]]) -> bool:
    results = by_test.get(test.key, [])
    return bool(results) and all(one.fault is None and not one.owed for one in _findings(test, results))


def _lacks_group(test: RequiredTest, values: Sequence[str], history: set[str]) -> bool:
    if not values or test.agreeing is None:
        return True
    if test.history and history == set(values):
        return False
    negative = values[0].endswith(_RHD_NEGATIVE)
    needed = test.agreeing_negative if negative and test.agreeing_negative is not None else test.agreeing
    return len(values) < needed.value


def _contradiction(test: RequiredTest, values: Sequence[str], history: set[str]) -> str | None:
    if not history or not values or set(values) <= history:
        return None
    return f"{test.key}: {', '.join(sorted(set(values)))} now, {', '.join(sorted(history))} in earlier donations"
