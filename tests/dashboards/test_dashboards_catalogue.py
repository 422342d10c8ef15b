"""The catalogue on the screens, each figure with its source; what may be done with a bag, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from blood.components import Family
from blood.eligibility import Act, BagFacts, BagStatus, Custody, Zone
from blood.groups import BloodGroup
from dashboards.actions import actions_of
from dashboards.catalogue import catalogue_view, component_views
from plant.load import demo_text, parse_plant

PLANT = parse_plant(demo_text())
NOW = datetime(2026, 11, 20, 14, 32, tzinfo=UTC)
BAG = BagFacts(
    bag="A999926000001-D0002V00",
    status=BagStatus.AVAILABLE,
    component="RBC_S",
    family=Family.RED_CELLS,
    group=BloodGroup.A_POS,
    expires_at=NOW + timedelta(days=10),
    zone=Zone.STOCK,
    tests_negative=True,
    labelled=True,
)


def test_screens_are_shown_the_components_that_the_site_makes() -> None:
    made = {product.component for product in PLANT.products}
    assert {view.key for view in component_views(PLANT)} == made
    assert catalogue_view(PLANT).profile == PLANT.profile


def test_each_figure_says_who_claims_it() -> None:
    red_cells = next(view for view in component_views(PLANT) if view.key == "RBC_S")
    told = [red_cells.storage, red_cells.transport, red_cells.ml_per_unit, *red_cells.shelf_life]
    assert red_cells.out_of_control is not None
    assert all(one.source and one.status in {"V", "S", "unverified"} for one in [*told, red_cells.out_of_control])
    assert [life.hours for life in red_cells.shelf_life if life.usual] == [35 * 24]
    assert (red_cells.transport.max_h, red_cells.out_of_control.return_ok_min) == (24, 30)
    assert red_cells.agitation is None


def allowed(facts: BagFacts) -> set[Act]:
    views = actions_of(facts, NOW)
    assert [view.act for view in views] == list(Act)
    assert all(view.allowed == (not view.reasons) for view in views)
    return {view.act for view in views if view.allowed}


def test_every_act_is_shown_with_what_speaks_against_it() -> None:
    assert allowed(BAG) == {Act.RESERVE, Act.PROCESS}
    issue = next(view for view in actions_of(BAG, NOW) if view.act is Act.ISSUE)
    assert [reason.code for reason in issue.reasons] == ["status", "custody", "patient_missing"]


def test_the_order_that_holds_a_bag_is_the_one_that_asks() -> None:
    reserved = replace(BAG, status=BagStatus.RESERVED, order_line="ln-1")
    assert allowed(reserved) == {Act.PICK, Act.PROCESS}


def test_a_hospital_that_has_a_bag_is_the_one_that_asks() -> None:
    there = replace(BAG, status=BagStatus.RECEIVED, custody=Custody.HOSPITAL, hospital="east-lake")
    assert allowed(there) == {Act.PROCESS}
    crossmatch = next(view for view in actions_of(there, NOW) if view.act is Act.CROSSMATCH)
    assert [reason.code for reason in crossmatch.reasons] == ["patient_missing"]
