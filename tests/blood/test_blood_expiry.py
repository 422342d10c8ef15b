"""Expiry to the minute and by days, in the time zone of the site; nothing but an approved relabel makes it later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.components import DayEnd, LifeUnit, ShelfLife
from blood.evidence import Evidence, Sourced
from blood.expiry import expiry_after, expiry_from
from blood.operation_file import load_operations
from blood.operations import Approval, ExpiryBasis, OperationKind

SHANGHAI, LONDON, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
END, EXACT = DayEnd.END_OF_DAY, DayEnd.EXACT


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(many: int) -> ShelfLife:
    return ShelfLife("any", Sourced(timedelta(days=many), Evidence("test", "S")), LifeUnit.DAYS)


def hours(many: int) -> ShelfLife:
    return ShelfLife("any", Sourced(timedelta(hours=many), Evidence("test", "S")), LifeUnit.HOURS)


# collected (UTC), shelf life, days, zone, expires (UTC); the day of collection is day 0
@pytest.mark.parametrize(
    ("collected", "life", "end", "zone", "expires"),
    [
        ("2026-03-02 01:00", days(35), END, SHANGHAI, "2026-04-06 15:59"),
        ("2026-03-02 15:59", days(35), END, SHANGHAI, "2026-04-06 15:59"),
        ("2026-03-02 16:00", days(35), END, SHANGHAI, "2026-04-07 15:59"),
        ("2026-03-02 01:00", days(35), EXACT, SHANGHAI, "2026-04-06 01:00"),
        ("2026-03-02 01:02:30", hours(24), END, SHANGHAI, "2026-03-03 01:02"),
        ("2026-03-02 01:02:30", hours(6), END, SHANGHAI, "2026-03-02 07:02"),
        ("2026-03-01 12:00", days(35), END, LONDON, "2026-04-05 22:59"),
        ("2026-10-20 12:00", days(5), END, LONDON, "2026-10-25 23:59"),
        ("2026-03-07 12:00", days(5), END, NEW_YORK, "2026-03-13 03:59"),
        ("2028-02-29 10:00", days(1461), END, SHANGHAI, "2032-02-29 15:59"),
    ],
)
def test_shelf_life_ends_as_the_profile_counts(
    collected: str, life: ShelfLife, end: DayEnd, zone: ZoneInfo, expires: str
) -> None:
    assert expiry_from(utc(collected), life, end, zone) == utc(expires)


instants = st.integers(0, 20 * 365 * 86_400).map(lambda s: utc("2020-01-01") + timedelta(seconds=s))


@given(instants, st.integers(1, 3700), st.sampled_from([SHANGHAI, LONDON, NEW_YORK]))
def test_the_last_day_is_that_many_days_after_the_day_of_collection(
    collected: datetime, many: int, zone: ZoneInfo
) -> None:
    local = expiry_from(collected, days(many), END, zone).astimezone(zone)
    assert (local.date() - collected.astimezone(zone).date()).days == many
    assert (local.hour, local.minute, local.second) == (23, 59, 0)


@pytest.mark.parametrize("profile", ["cn-2012", "us", "uk"])
def test_only_a_relabel_that_two_people_approve_may_make_an_expiry_later(profile: str) -> None:
    for operation in load_operations(profile):
        if operation.expiry is ExpiryBasis.APPROVED:
            assert operation.recipe is OperationKind.RELABEL
            assert operation.approval is Approval.TWO_PEOPLE
        else:
            assert operation.recipe is not OperationKind.RELABEL


# domain.md 1.4 again: profile, operation, input -> hours that are left after it (None: unchanged)
LIMITS = [
    ("cn-2012", "open", "RBC_S", 24),
    ("us", "open", "RBC_AS", 24),
    ("uk", "open", "RBC_AS_LR", 24),
    ("cn-2012", "open", "PLT_A", 6),
    ("us", "open", "PLT", 4),
    ("uk", "open", "PLT", 6),
    ("cn-2012", "wash", "RBC_S", 24),
    ("us", "wash", "RBC_AS", 24),
    ("uk", "wash", "RBC_AS_LR", 24),
    ("cn-2012", "irradiate", "RBC_S", 14 * 24),
    ("us", "irradiate", "RBC_AS", 28 * 24),
    ("uk", "irradiate", "RBC_AS_LR", 14 * 24),
    ("cn-2012", "irradiate", "PLT_A", None),
    ("us", "irradiate", "PLT", None),
    ("uk", "irradiate", "PLT", None),
    ("cn-2012", "leucoreduce", "RBC_S", None),
    ("cn-2012", "thaw", "FFP", 24),
    ("us", "thaw", "FFP", 24),
    ("uk", "thaw", "FFP_LR", 24),
    ("cn-2012", "thaw", "CRYO", 4),
    ("us", "thaw", "CRYO", 6),
    ("uk", "thaw", "CRYO_LR", 4),
    ("cn-2012", "deglycerolise", "RBC_F", 24),
    ("us", "deglycerolise", "RBC_F", 24),
    ("cn-2012", "split", "RBC_S", None),
    ("us", "split", "RBC_AS", None),
    ("uk", "split", "PLT", None),
]


@pytest.mark.parametrize(("profile", "recipe", "source", "hours"), LIMITS)
def test_what_an_operation_leaves_is_what_the_reference_says(
    profile: str, recipe: str, source: str, hours: int | None
) -> None:
    at, parent = utc("2026-03-02 08:00"), utc("2027-03-02 15:59")
    (operation,) = (one for one in load_operations(profile) if one.recipe == recipe and source in one.inputs)
    assert expiry_after(operation, [parent], at) == (parent if hours is None else at + timedelta(hours=hours))
    soon = at + timedelta(hours=1)
    assert expiry_after(operation, [parent, soon], at) == soon


@pytest.mark.parametrize(("profile", "source", "days"), [("cn-2012", "RBC_S", 14), ("uk", "RBC_AS_LR", 14)])
def test_red_cells_are_irradiated_while_they_are_young(profile: str, source: str, days: int) -> None:
    (operation,) = (one for one in load_operations(profile) if one.recipe == "irradiate" and source in one.inputs)
    assert operation.max_age == timedelta(days=days)
