"""Which laboratory results a donation needs (a versioned data file), and what a set of results amounts to. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from blood.groups import BloodGroup
from wms.errors import Invalid


class TestKind(StrEnum):
    """How a test's value is read."""

    __test__ = False

    MARKER = "marker"
    LIMIT = "limit"
    GROUP = "group"


class RequiredTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One required test; which keys it needs depends on ``kind`` (see the head of the data file)."""

    key: str
    kind: TestKind
    source: str
    negative: tuple[str, ...] = ()
    not_negative: tuple[str, ...] = ()
    unit: str = ""
    max: float | None = None
    agreeing: int = 1


class RequiredTests(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The required tests of one profile."""

    profile: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    test: tuple[RequiredTest, ...]

    def find(self, key: str) -> RequiredTest:
        """The test of that name; raises Invalid."""
        for test in self.test:
            if test.key == key:
                return test
        raise Invalid("result.test", f"{key!r} is not a test of profile {self.profile}")


class Verdict(StrEnum):
    """What the results of a donation amount to; the words of the `bag.tests` column."""

    PENDING = "pending"
    NEGATIVE = "negative"
    NOT_NEGATIVE = "not_negative"


@dataclass(frozen=True, slots=True)
class Result:
    """One raw result as the laboratory reported it."""

    test: str
    value: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Computed from raw results, never typed: the verdict, the confirmed group, and why not when it is not negative."""

    verdict: Verdict
    group: BloodGroup | None
    faults: tuple[str, ...]
    missing: tuple[str, ...]
    groups_disagree: bool


@cache
def required_tests(profile: str) -> RequiredTests:
    """Required tests of a component profile ("cn-2012"); raises ValueError when the file is missing or malformed."""
    path = resources.files("wms.intake") / f"{profile}.toml"
    if not path.is_file():
        raise ValueError(f"There is no list of required tests for profile {profile!r}")
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), RequiredTests)


def check_value(test: RequiredTest, value: str) -> None:
    """Raises Invalid when a value is not one that this test can have: unknown is never taken for negative."""
    if test.kind is TestKind.MARKER and value not in {*test.negative, *test.not_negative}:
        known = ", ".join((*test.negative, *test.not_negative))
        raise Invalid("result.value", f"{test.key}: {value!r} is none of {known}")
    if test.kind is TestKind.GROUP and value not in {group.value for group in BloodGroup}:
        raise Invalid("result.value", f"{test.key}: {value!r} is not a blood group")
    if test.kind is TestKind.LIMIT:
        _number(test, value)


def assess(required: RequiredTests, results: Iterable[Result]) -> Assessment:
    """What the results amount to: one bad result outweighs any number of good ones, a missing one leaves it pending."""
    by_test: dict[str, list[str]] = {}
    for result in results:
        by_test.setdefault(result.test, []).append(result.value)
    faults = [fault for test in required.test for fault in _faults(test, by_test.get(test.key, ()))]
    missing = tuple(test.key for test in required.test if _lacks(test, by_test.get(test.key, ())))
    verdict = Verdict.NOT_NEGATIVE if faults else Verdict.PENDING if missing else Verdict.NEGATIVE
    groups = [set(by_test.get(test.key, ())) for test in required.test if test.kind is TestKind.GROUP]
    disagree = any(len(values) > 1 for values in groups)
    return Assessment(verdict, _group(required, by_test), tuple(faults), missing, disagree)


def _faults(test: RequiredTest, values: Iterable[str]) -> Iterable[str]:
    for value in values:
        if test.kind is TestKind.MARKER and value not in test.negative:
            yield f"{test.key}: {value}"
        if test.kind is TestKind.LIMIT and test.max is not None and not _number(test, value) <= test.max:
            yield f"{test.key}: {value} {test.unit}, at most {test.max:g}"
    if test.kind is TestKind.GROUP and len(set(values)) > 1:
        yield f"{test.key}: results disagree ({', '.join(sorted(set(values)))})"


def _group(required: RequiredTests, by_test: Mapping[str, list[str]]) -> BloodGroup | None:
    for test in required.test:
        values = by_test.get(test.key, [])
        if test.kind is TestKind.GROUP and len(values) >= test.agreeing and len(set(values)) == 1:
            return BloodGroup(values[0])
    return None


def _lacks(test: RequiredTest, values: Iterable[str]) -> bool:
    needed = test.agreeing if test.kind is TestKind.GROUP else 1
    return len(list(values)) < needed


def _number(test: RequiredTest, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise Invalid("result.value", f"{test.key}: {value!r} is not a number of {test.unit}") from None
    if not 0 <= number < float("inf"):
        raise Invalid("result.value", f"{test.key}: {value!r} is not a possible value in {test.unit}")
    return number
