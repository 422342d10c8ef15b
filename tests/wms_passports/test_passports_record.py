"""What a passport says of a record: minutes beyond each limit, gaps with their band, a verdict that never guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from passport_house import START, House, line
from sqlalchemy import insert

from telemetry.limits import Timing
from wms.ledger.chain import canonical
from wms.limits.model import Limits
from wms.limits.tables import limit_version
from wms.passports.model import ExcursionVerdict, GapBasis, GapReason, LimitKind, PassportVerdict, Side, Watch
from wms.store.metadata import to_us


def minutes(passport, kind: LimitKind, side: Side) -> dict[float, float]:
    return {one.value_c: one.minutes for one in passport.limits if one.kind is kind and one.side is side}


async def test_a_bag_in_a_quiet_store_is_kept(house: House) -> None:
    bag = await house.add_bag()
    house.steady("cold-1-load", 120)
    house.steady("cold-1-air", 120)
    house.pass_minutes(120)
    passport = house.passport(bag)
    assert (passport.verdict, passport.reasons, passport.gaps) == (PassportVerdict.KEPT, (), ())
    assert (passport.warmest.value_c, passport.coldest.value_c, passport.mkt_c) == (4.0, 4.0, 4.0)
    assert [stay.watch for stay in passport.stays] == [Watch.PROBED]
    assert all(one.minutes == 0 for one in passport.limits)


async def test_minutes_are_counted_for_each_limit_with_its_source(house: House) -> None:
    bag = await house.add_bag()
    house.measure(
        "cold-1-load", line((-10, 60, 4, 4), (60, 80, 5.8, 5.8), (80, 90, 6.5, 6.5), (90, 95, 11, 11), (95, 200, 4, 4))
    )
    house.steady("cold-1-air", 199)
    house.pass_minutes(199)
    passport = house.passport(bag)
    assert minutes(passport, LimitKind.ALERT, Side.ABOVE) == {5.5: 35.0}
    assert minutes(passport, LimitKind.PLACE, Side.ABOVE) == {6.0: 15.0}
    assert minutes(passport, LimitKind.LEGAL, Side.ABOVE) == {6.0: 15.0}
    assert minutes(passport, LimitKind.ABSOLUTE, Side.ABOVE) == {10.0: 5.0}
    legal = next(one for one in passport.limits if one.kind is LimitKind.LEGAL and one.side is Side.ABOVE)
    assert (legal.worst_c, bool(legal.source), legal.status) == (11.0, True, "S")
    assert passport.verdict is PassportVerdict.OUTSIDE
    assert [(one.code, "15 min above" in one.en) for one in passport.reasons] == [("excursion", True)]


async def test_a_swing_of_the_air_is_no_excursion_while_the_load_stays_inside(house: House) -> None:
    bag = await house.add_bag()
    house.steady("cold-1-load", 120)
    house.measure("cold-1-air", line((-10, 50, 4, 4), (50, 70, 8, 8), (70, 121, 4, 4)))
    house.pass_minutes(120)
    passport = house.passport(bag)
    assert passport.verdict is PassportVerdict.KEPT
    assert [(one.probe, one.verdict) for one in passport.excursions] == [("cold-1-air", ExcursionVerdict.CORE_INSIDE)]


async def test_a_crossing_shorter_than_its_confirmation_is_brief(house: House) -> None:
    bag = await house.add_bag()
    house.measure("cold-1-load", line((-10, 50, 4, 4), (50, 51, 6.2, 6.2), (51, 121, 4, 4)))
    house.steady("cold-1-air", 120)
    house.pass_minutes(120)
    reading = house.reading(bag)
    assert (reading.passport.verdict, reading.triggered) == (PassportVerdict.KEPT, ())
    assert [one.verdict for one in reading.passport.excursions] == [ExcursionVerdict.BRIEF]


async def test_the_neighbour_speaks_while_the_load_probe_is_silent(house: House) -> None:
    bag = await house.add_bag()
    house.measure("cold-1-load", line((-10, 30, 4, 4), (90, 121, 4, 4)))
    house.measure("cold-1-air", line((-10, 40, 4, 4), (40, 80, 5.2, 5.2), (80, 121, 4, 4)))
    house.pass_minutes(120)
    passport = house.passport(bag)
    (gap,) = passport.gaps
    assert (gap.reason, gap.basis, gap.probe) == (GapReason.CORE_SILENT, GapBasis.NEIGHBOUR, "cold-1-air")
    assert (gap.min_c, gap.max_c, gap.uncertainty_c, gap.inside) == (4.0, 5.2, 1.2, True)
    assert passport.verdict is PassportVerdict.KEPT


async def test_a_warm_neighbour_in_a_silence_counts_as_the_blood(house: House) -> None:
    bag = await house.add_bag()
    house.measure("cold-1-load", line((-10, 30, 4, 4), (90, 121, 4, 4)))
    house.measure("cold-1-air", line((-10, 40, 4, 4), (40, 80, 7.0, 7.0), (80, 121, 4, 4)))
    house.pass_minutes(120)
    passport = house.passport(bag)
    assert passport.verdict is PassportVerdict.OUTSIDE
    assert minutes(passport, LimitKind.LEGAL, Side.ABOVE) == {6.0: 40.0}


async def test_a_short_silence_of_all_probes_has_a_band_and_may_be_kept(house: House) -> None:
    bag = await house.add_bag()
    for probe in ("cold-1-load", "cold-1-air"):
        house.measure(probe, line((-10, 50, 4, 4), (65, 121, 4, 4)))
    house.pass_minutes(120)
    passport = house.passport(bag)
    (gap,) = passport.gaps
    assert (gap.reason, gap.basis) == (GapReason.NO_DATA, GapBasis.WARM_UP)
    assert gap.max_c == pytest.approx(4 + 4 * (16 / 60) / 2, abs=0.02)  # up at 4 C/h for half of it, and down again
    assert gap.min_c == pytest.approx(4 - 4 * (16 / 60) / 2, abs=0.02)
    assert gap.inside
    assert passport.verdict is PassportVerdict.KEPT


async def test_a_long_silence_is_unknown_and_never_kept(house: House) -> None:
    bag = await house.add_bag()
    for probe in ("cold-1-load", "cold-1-air"):
        house.measure(probe, line((-10, 50, 4, 4), (200, 241, 4, 4)))
    house.pass_minutes(240)
    passport = house.passport(bag)
    assert [gap.inside for gap in passport.gaps] == [False]
    assert passport.verdict is PassportVerdict.UNKNOWN
    assert [reason.code for reason in passport.reasons] == ["gap"]


async def test_nothing_measured_is_unknown(house: House) -> None:
    bag = await house.add_bag()
    house.pass_minutes(60)
    passport = house.passport(bag)
    (gap,) = passport.gaps
    assert (gap.reason, gap.basis, gap.uncertainty_c) == (GapReason.BEFORE_RECORDS, GapBasis.NONE, None)
    assert passport.verdict is PassportVerdict.UNKNOWN
    assert passport.mkt_c is None


async def test_a_box_is_a_place_with_a_logger_and_has_the_limits_of_transport(house: House) -> None:
    bag = await house.add_bag()
    box = house.plant.boxes[0].id
    house.steady("cold-1-load", 61)
    house.steady("cold-1-air", 61)
    await house.move(bag, f"box/{box}", 60)
    house.steady(f"{box}-logger", 121, 8.0, begin=55)
    house.pass_minutes(120)
    passport = house.passport(bag)
    assert [(stay.place, stay.watch) for stay in passport.stays][-1] == (f"box/{box}", Watch.PROBED)
    assert minutes(passport, LimitKind.LEGAL, Side.ABOVE) == {6.0: 0.0, 10.0: 0.0}
    assert passport.verdict is PassportVerdict.KEPT


async def test_the_hospital_is_outside_our_watch(house: House) -> None:
    bag = await house.add_bag()
    house.steady("cold-1-load", 61)
    house.steady("cold-1-air", 61)
    await house.move(bag, house.plant.hospitals[0].place, 60)
    house.pass_minutes(120)
    passport = house.passport(bag)
    assert [stay.watch for stay in passport.stays] == [Watch.PROBED, Watch.OUTSIDE]


async def test_platelets_at_rest_are_counted_single_and_in_all(house: House) -> None:
    bag = await house.add_bag(component="PLT_A", place="platelet/s1/001")
    for probe in ("platelet-1-load", "platelet-1-air"):
        house.steady(probe, 26 * 60, 22.0)
    house.signal(
        "platelet-1",
        "Agitator/Running",
        line((-10, 60, 1, 1), (60, 25 * 60 + 30, 0, 0), (25 * 60 + 30, 26 * 60 + 1, 1, 1)),
    )
    house.pass_minutes(26 * 60)
    reading = house.reading(bag)
    line_of = reading.passport.agitation
    assert (line_of.longest_min, line_of.total_min, line_of.max_total_min, line_of.kept) == (
        1470.0,
        1470.0,
        1440.0,
        False,
    )
    assert [one.rule.key for one in reading.triggered] == ["agitation"]
    assert reading.passport.verdict is PassportVerdict.OUTSIDE


async def test_an_agitator_that_says_nothing_is_not_taken_for_one_that_runs(house: House) -> None:
    bag = await house.add_bag(component="PLT_A", place="platelet/s1/001")
    for probe in ("platelet-1-load", "platelet-1-air"):
        house.steady(probe, 30 * 60, 22.0)
    house.pass_minutes(30 * 60)
    passport = house.passport(bag)
    assert (passport.agitation.kept, passport.agitation.unknown_min) == (None, 1800.0)
    assert passport.verdict is PassportVerdict.UNKNOWN


async def test_limits_are_those_in_force_at_the_time(house: House) -> None:
    bag = await house.add_bag()
    house.measure("cold-1-load", line((-10, 60, 5.2, 5.2), (60, 121, 5.2, 5.2)))
    house.steady("cold-1-air", 120)
    tighter = Limits(
        min_c=2.0, max_c=5.0, alert_min_c=2.5, alert_max_c=4.5, air=Timing(on_delay_s=300), load=Timing(on_delay_s=60)
    )
    values = {
        "id": "lim-1", "envelope": "cold", "version": 1, "limits": canonical(tighter), "state": "approved",
        "reason": "test", "proposed_by": "li", "proposed_us": to_us(START),
        "from_us": to_us(START + timedelta(minutes=60)),
    }  # fmt: skip
    await house.write(lambda tx: tx.conn.execute(insert(limit_version).values(**values)))
    house.pass_minutes(120)
    assert minutes(house.passport(bag), LimitKind.PLACE, Side.ABOVE) == {6.0: 0.0, 5.0: 60.0}


async def test_a_box_is_no_store_and_its_time_is_counted_against_the_profile(house: House) -> None:
    bag = await house.add_bag()
    box = house.plant.boxes[0].id
    for probe in ("cold-1-load", "cold-1-air", f"{box}-logger"):
        house.steady(probe, 26 * 60, 5.0)
    await house.move(bag, f"box/{box}", 60)
    house.pass_minutes(60 + 23 * 60)
    assert house.passport(bag).verdict == "kept"
    house.pass_minutes(2 * 60)
    passport = house.passport(bag)
    assert (passport.verdict, [reason.code for reason in passport.reasons]) == ("outside", ["transport_time"])
