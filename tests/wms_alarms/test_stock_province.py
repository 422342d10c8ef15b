"""Bands that people set, reports of other houses, and the conditions that come of them; on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from wms.alarms import conditions
from wms.alarms.read import list_alarms, one_alarm
from wms.alarms.tables import alarm
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import place_hold
from wms.stock.bands import bands, set_band
from wms.stock.cover import Phase, PlanDays
from wms.stock.province import province
from wms.stock.read import near_expiries, stock_rows
from wms.stock.reports import FRESH, HolderKind, ReportedCell, take_report
from wms.stock.watch import tick
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")
FEED = Actor("agent-south-plain", "web/south-plain")
DAYS = PlanDays(1.0, 2.0, 3.0, 4.0)


def cell(group="O+", bags=100, component="RBC_S", expiring=0, daily_use=9.0) -> ReportedCell:
    return ReportedCell(component, group, bags, expiring, daily_use)


async def report(store, *cells, kind=HolderKind.SITE, holder="south-plain", hours_ago=0.0) -> None:
    at = store.clock.now() - timedelta(hours=hours_ago)
    await store.write(lambda tx: take_report(tx, FEED, kind, holder, at, cells))


def alarms(store, condition: str) -> dict[str, tuple[str, int, float]]:
    with store.read() as conn:
        rows = conn.execute(select(alarm).where(alarm.c.condition == condition, alarm.c.known == "active")).all()
    return {row.source: (row.state, row.priority, row.value) for row in rows}


def o_positive(store):
    with store.read() as conn:
        (row,) = [row for row in stock_rows(conn, store.plant, store.clock.now()) if row.component == "RBC_S"]
    return next(one for one in row.cells if one.group == "O+")


async def test_the_plant_gives_the_bands_until_somebody_sets_them(store) -> None:
    with store.read() as conn:
        assert {(band.component, band.version) for band in bands(conn, store.plant)} >= {("RBC_S", 0), ("FFP", 0)}
    await store.write(lambda tx: set_band(tx, LI, "RBC_S", DAYS, 4.0, {"O+": 2.0}, "holidays"))
    await store.write(lambda tx: set_band(tx, LI, "RBC_S", DAYS, 4.0, {"O+": 3.0}, "holidays, corrected"))
    with store.read() as conn:
        band = next(band for band in bands(conn, store.plant) if band.component == "RBC_S")
    assert (band.version, band.set_by, band.reason, band.daily_use) == (2, "li.wei", "holidays, corrected", {"O+": 3.0})


async def test_the_board_and_the_alarms_follow_a_new_band(store) -> None:
    await store.bag(1, "cold-1/s1/001")
    await store.write(tick)
    assert alarms(store, conditions.STOCK_LOW)["RBC_S/O+"][1] == 2
    await store.write(lambda tx: set_band(tx, LI, "RBC_S", DAYS, 4.0, {"O+": 0.1}, "closed ward"))
    await store.write(tick)
    assert "RBC_S/O+" not in alarms(store, conditions.STOCK_LOW)
    assert o_positive(store).phase is Phase.GREEN


@pytest.mark.parametrize(
    ("component", "days", "near", "use", "code"),
    [
        ("NOPE", DAYS, 4.0, {}, "stock.component"),
        ("RBC_S", PlanDays(2.0, 1.0, 3.0, 4.0), 4.0, {}, "stock.bounds"),
        ("RBC_S", PlanDays(0.0, 1.0, 3.0, 4.0), 4.0, {}, "stock.bounds"),
        ("RBC_S", PlanDays(float("nan"), 1.0, 3.0, 4.0), 4.0, {}, "stock.bounds"),
        ("RBC_S", DAYS, 0.0, {}, "stock.near_days"),
        ("RBC_S", DAYS, 4.0, {"X+": 1.0}, "stock.group"),
        ("RBC_S", DAYS, 4.0, {"O+": -1.0}, "stock.daily_use"),
        ("RBC_S", DAYS, 4.0, {"O+": float("nan")}, "stock.daily_use"),
    ],
)
async def test_a_band_that_makes_no_sense_is_refused_by_name(store, component, days, near, use, code) -> None:
    with pytest.raises((Invalid, NotFound)) as refused:
        await store.write(lambda tx: set_band(tx, LI, component, days, near, use, "because"))
    assert refused.value.code == code
    with store.read() as conn:
        assert all(band.version == 0 for band in bands(conn, store.plant))


async def test_stock_around_a_bound_alarms_once(store) -> None:
    await store.write(lambda tx: set_band(tx, LI, "RBC_S", DAYS, 4.0, {"O+": 5.0}, "test"))
    bags = [await store.bag(number, f"cold-1/s1/{number + 1:03d}") for number in range(10)]
    await store.write(tick)
    assert "RBC_S/O+" not in alarms(store, conditions.STOCK_LOW)
    await store.write(lambda tx: place_hold(tx, LI, bag=bags[0], reason="a look"))
    await store.write(tick)
    assert alarms(store, conditions.STOCK_LOW)["RBC_S/O+"][0] == "unacknowledged"
    await store.bag(90, "cold-1/s1/090")
    await store.write(tick)
    assert o_positive(store).bags == 10
    assert "RBC_S/O+" in alarms(store, conditions.STOCK_LOW)  # at the bound again is not better yet
    for number in range(91, 93):
        await store.bag(number, f"cold-1/s1/{number:03d}")
    await store.write(tick)
    assert "RBC_S/O+" not in alarms(store, conditions.STOCK_LOW)


async def test_bags_that_outlive_nobodys_need_are_alarmed_and_counted(store) -> None:
    await store.write(lambda tx: set_band(tx, LI, "RBC_S", DAYS, 5.0, {"O+": 1.0}, "test"))
    for number in range(14):
        await store.bag(number, f"cold-1/s1/{number + 1:03d}")
    store.clock.step(17 * 86_400)
    await store.write(tick)
    assert alarms(store, conditions.STOCK_NEAR_EXPIRY)["RBC_S/O+"][1:] == (3, 11.0)
    with store.read() as conn:
        (near,) = [one for one in near_expiries(conn, store.plant, store.clock.now()) if one.component == "RBC_S"]
        (view,) = [
            one
            for one in list_alarms(conn, store.plant, lambda _: None, now=store.clock.now())
            if one.condition == conditions.STOCK_NEAR_EXPIRY
        ]
        full = one_alarm(conn, store.plant, lambda _: None, view.id, now=store.clock.now())
    assert (near.expiring, near.at_risk, round(near.first_days, 1)) == (14, 11, 3.0)
    assert (view.stake.bags, len(set(full.at_stake.bags))) == (11, 11)
    store.clock.step(4 * 86_400)
    await store.write(tick)
    assert alarms(store, conditions.STOCK_NEAR_EXPIRY) == {}


async def test_a_neighbour_with_plenty_while_we_are_short_is_told_by_the_one_alarm_of_the_shortage(store) -> None:
    for number in range(9):
        await store.bag(number, f"cold-1/s1/{number + 1:03d}")
    await report(store, cell(bags=100, daily_use=9.0))
    await store.write(tick)
    assert alarms(store, conditions.STOCK_IMBALANCE) == {}
    with store.read() as conn:
        (found,) = province(conn, store.plant, store.clock.now()).imbalances
        short = conn.execute(
            select(alarm).where(alarm.c.condition == conditions.STOCK_LOW, alarm.c.source == "RBC_S/O+")
        ).one()
    assert (found.from_site, found.to_site, found.bags) == ("south-plain", store.plant.site.id, 45)
    assert "South Plain Blood Centre could send 45" in short.subject_en
    assert "南原市血站可调出 45 袋" in short.subject_zh


async def test_a_neighbour_that_is_short_while_we_have_plenty_is_an_alarm_with_the_bags_to_send(store) -> None:
    await store.write(lambda tx: set_band(tx, LI, "RBC_S", DAYS, 4.0, {"O+": 1.0}, "test"))
    for number in range(9):
        await store.bag(number, f"cold-1/s1/{number + 1:03d}")
    await report(store, cell(bags=0, daily_use=1.0))
    await store.write(tick)
    assert alarms(store, conditions.STOCK_IMBALANCE)["RBC_S/O+"] == ("unacknowledged", 4, 4.0)
    await report(store, cell(bags=4, daily_use=1.0))
    await store.write(tick)
    assert alarms(store, conditions.STOCK_IMBALANCE) == {}


async def test_two_neighbours_that_could_help_each_other_alarm_nobody_here(store) -> None:
    await store.write(lambda tx: set_band(tx, LI, "RBC_S", DAYS, 4.0, {"O+": 1.0}, "test"))
    for number in range(3):
        await store.bag(number, f"cold-1/s1/{number + 1:03d}")
    await report(store, cell(bags=0, daily_use=1.0))
    await report(store, cell(bags=40, daily_use=1.0), holder="north-hills")
    await store.write(tick)
    assert alarms(store, conditions.STOCK_IMBALANCE) == {}
    with store.read() as conn:
        (found,) = province(conn, store.plant, store.clock.now()).imbalances
    assert (found.from_site, found.to_site) == ("north-hills", "south-plain")


async def test_a_report_that_is_not_fresh_is_shown_and_not_counted(store) -> None:
    await report(store, cell(bags=100))
    store.clock.step(FRESH.total_seconds() + 60)
    await store.write(tick)
    assert alarms(store, conditions.STOCK_IMBALANCE) == {}
    with store.read() as conn:
        board = province(conn, store.plant, store.clock.now())
    neighbour = next(site for site in board.sites if site.id == "south-plain")
    assert (neighbour.fresh, neighbour.cells[0].bags) == (False, 100)
    total = next(one for one in board.totals if (one.component, one.group) == ("RBC_S", "O+"))
    assert (total.bags, total.sites) == (0, 1)


async def test_a_new_report_replaces_the_old_one_and_what_it_leaves_out_is_unknown(store) -> None:
    await report(store, cell("O+", 10), cell("A+", 20), hours_ago=2)
    await report(store, cell("O+", 11))
    with store.read() as conn:
        board = province(conn, store.plant, store.clock.now())
    neighbour = next(site for site in board.sites if site.id == "south-plain")
    assert [(one.group, one.bags) for one in neighbour.cells] == [("O+", 11)]


async def test_an_older_report_changes_nothing(store) -> None:
    await report(store, cell("O+", 10))
    with pytest.raises(Conflict):
        await report(store, cell("O+", 99), hours_ago=1)
    with store.read() as conn:
        (neighbour,) = [s for s in province(conn, store.plant, store.clock.now()).sites if s.id == "south-plain"]
    assert neighbour.cells[0].bags == 10


@pytest.mark.parametrize(
    ("cells", "holder", "hours_ago", "code"),
    [
        ([cell()], "nowhere", 0, "stock.holder"),
        ([cell(component="NOPE")], "south-plain", 0, "stock.component"),
        ([cell("Z+")], "south-plain", 0, "stock.group"),
        ([cell(), cell()], "south-plain", 0, "stock.cell_twice"),
        ([cell(bags=1, expiring=2)], "south-plain", 0, "stock.expiring"),
        ([cell()], "south-plain", -1, "stock.report_ahead"),
    ],
)
async def test_a_report_that_cannot_be_true_is_refused_by_name(store, cells, holder, hours_ago, code) -> None:
    with pytest.raises((Invalid, NotFound)) as refused:
        await report(store, *cells, holder=holder, hours_ago=hours_ago)
    assert refused.value.code == code


async def test_hospitals_report_their_own_stock_and_silence_is_said(store) -> None:
    await report(store, cell("A+", 6, daily_use=None), kind=HolderKind.HOSPITAL, holder="county")
    with store.read() as conn:
        board = province(conn, store.plant, store.clock.now())
    county = next(one for one in board.hospitals if one.id == "county")
    ferry = next(one for one in board.hospitals if one.id == "ferry")
    assert (county.fresh, county.cells[0].bags, county.cells[0].days) == (True, 6, None)
    assert (ferry.at, ferry.fresh, ferry.cells) == (None, False, ())
