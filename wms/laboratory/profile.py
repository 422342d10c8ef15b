"""Which laboratory tests a donation needs, and how a reaction is repeated: a versioned data file. Pure."""

from __future__ import annotations

import tomllib
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


class Status(StrEnum):
    """How sure the source of a number is (domain.md 0)."""

    VERIFIED = "V"
    SECONDARY = "S"
    UNVERIFIED = "unverified"
    DESIGN = "design"


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole number that a site may change, with who claims it."""

    value: Annotated[int, msgspec.Meta(ge=1, le=9)]
    source: str
    status: Status


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measured limit that a site may change, with who claims it."""

    value: Annotated[float, msgspec.Meta(gt=0)]
    source: str
    status: Status


class RequiredTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One required test; which keys it needs depends on ``kind`` (see the head of the data file).

    A value in ``repeat`` asks for ``repeats`` further results by the same reagent in other runs; a ``not_negative`` one
    decides at once and for ever. ``reagents`` is how many different reagents must find it negative; one is enough when
    the test named by ``or_with`` is negative, too. A group needs ``agreeing`` concordant results (``agreeing_negative``
    when it is RhD negative), or one that equals the donor's confirmed group where ``history`` counts.
    """

    key: str
    kind: TestKind
    name_en: str
    name_zh: str
    source: str
    status: Status
    negative: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    not_negative: tuple[str, ...] = ()
    repeats: Count | None = None
    reagents: Count | None = None
    or_with: str | None = None
    unit: str = ""
    max: Limit | None = None
    agreeing: Count | None = None
    agreeing_negative: Count | None = None
    history: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The words that this test can answer; empty for numbers."""
        if self.kind is TestKind.GROUP:
            return tuple(group.value for group in BloodGroup)
        return (*self.negative, *self.repeat, *self.not_negative)


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


@cache
def required_tests(profile: str) -> RequiredTests:
    """Required tests of a component profile ("cn-2012"); raises ValueError when the file is missing or malformed."""
    path = resources.files("wms.laboratory") / f"{profile}.toml"
    if not path.is_file():
        raise ValueError(f"There is no list of required tests for profile {profile!r}")
    tests = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), RequiredTests)
    for fault in _faults(tests):
        raise ValueError(f"{profile}.toml: {fault}")
    return tests


def _faults(tests: RequiredTests) -> list[str]:
    keys = [test.key for test in tests.test]
    faults = [f"{key} stands twice" for key in set(keys) if keys.count(key) > 1]
    if sum(test.kind is TestKind.GROUP for test in tests.test) != 1:
        faults.append("exactly one test gives the group")
    for test in tests.test:
        if test.kind is TestKind.MARKER and not (test.negative and test.not_negative):
            faults.append(f"{test.key}: a marker has negative and not_negative values")
        if len(set(test.values)) != len(test.values):
            faults.append(f"{test.key}: a value means two things")
        if bool(test.repeat) != (test.repeats is not None):
            faults.append(f"{test.key}: repeat and repeats go together")
        if test.kind is TestKind.LIMIT and test.max is None:
            faults.append(f"{test.key}: a limit has a max")
        if test.kind is TestKind.GROUP and test.agreeing is None:
            faults.append(f"{test.key}: a group has agreeing")
        if test.or_with is not None and test.or_with not in keys:
            faults.append(f"{test.key}: or_with names no test")
    return faults


def check_value(test: RequiredTest, value: str) -> None:
    """Raises Invalid when a value is not one that this test can have: unknown is never taken for negative."""
    if test.kind is TestKind.MARKER and value not in test.values:
        raise Invalid("result.value", f"{test.key}: {value!r} is none of {', '.join(test.values)}")
    if test.kind is TestKind.GROUP and value not in test.values:
        raise Invalid("result.value", f"{test.key}: {value!r} is not a blood group")
    if test.kind is TestKind.LIMIT:
        number_of(test, value)


def number_of(test: RequiredTest, value: str) -> float:
    """The number that a result of a measured test says; raises Invalid."""
    try:
        number = float(value)
    except ValueError:
        raise Invalid("result.value", f"{test.key}: {value!r} is not a number of {test.unit}") from None
    if not 0 <= number < float("inf"):
        raise Invalid("result.value", f"{test.key}: {value!r} is not a possible value in {test.unit}")
    return number
