"""Profile files: every number is there, named, possible, and says who claims it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from blood.attributes import Attribute
from blood.compatibility_file import load_rules
from blood.component_file import load_catalogue, load_profile, parse_catalogue
from blood.components import Component, DayEnd, Limits, ProfileError
from blood.evidence import STATUSES, Evidence

PROFILES = ("cn-2012", "us", "uk")
ONE = """
profile = "x"
version = 1
compatibility = "cn"
days = { end = "end_of_day", source = "test", status = "S" }
[[component]]
key = "RBC"
family = "red_cells"
name_en = "Red cells"
name_zh = "红细胞"
storage = { min_c = 2.0, max_c = 6.0, source = "test", status = "S" }
transport = { min_c = 2.0, max_c = 10.0, max_h = 24, source = "test", status = "S" }
shelf_life = [{ medium = "MAP", value = "P35D", source = "test", status = "S" }]
ml_per_unit = { value = 140, source = "test", status = "unverified" }
agitation = { max_single_gap_h = 8, source = "test", status = "V" }
out_of_control = { return_ok_min = 30, quarantine_ok_min = 60, quarantine_h = 6, source = "test", status = "S" }
"""


def evidence_of(component: Component) -> list[Evidence]:
    found = [*component.evidence.values(), *(one.length.evidence for one in component.shelf_lives)]
    found += [one.evidence for one in (component.agitation, component.out_of_control) if one is not None]
    return found


@pytest.mark.parametrize("name", PROFILES)
def test_each_figure_of_a_bundled_profile_says_who_claims_it_and_how_sure_that_is(name: str) -> None:
    for component in load_catalogue(name).components.values():
        assert {"storage", "transport", "ml_per_unit"} <= set(component.evidence)
        assert ("freeze" in component.evidence) == (component.freeze is not None)
        assert all(one.source.strip() and one.status in STATUSES for one in evidence_of(component))


@pytest.mark.parametrize("name", PROFILES)
def test_a_bundled_profile_names_rules_of_compatibility_that_exist(name: str) -> None:
    assert load_catalogue(name).compatibility in load_rules().policies


# What domain.md 1.1 to 1.3 say, written down again: component, storage, transport, hours on the road, usual shelf life.
CATALOGUE = [
    ("cn-2012", "WB", (2, 6), (2, 10), 24, timedelta(days=35)),
    ("cn-2012", "RBC_S", (2, 6), (2, 10), 24, timedelta(days=35)),
    ("cn-2012", "RBC_W", (2, 6), (2, 10), 24, timedelta(hours=24)),
    ("cn-2012", "RBC_F", (None, -65), (None, -65), None, timedelta(days=3652)),
    ("cn-2012", "RBC_F20", (None, -120), (None, -120), None, timedelta(days=3652)),
    ("cn-2012", "PLT_A", (20, 24), (20, 24), None, timedelta(days=5)),
    ("cn-2012", "FFP", (None, -18), (None, -18), None, timedelta(days=365)),
    ("cn-2012", "FP", (None, -18), (None, -18), None, timedelta(days=1461)),
    ("cn-2012", "CRYO", (None, -18), (None, -18), None, timedelta(days=365)),
    ("us", "WB", (1, 6), (1, 10), None, timedelta(days=35)),
    ("us", "RBC_AS", (1, 6), (1, 10), None, timedelta(days=42)),
    ("us", "RBC_IRR", (1, 6), (1, 10), None, timedelta(days=35)),
    ("us", "PLT", (20, 24), (20, 24), None, timedelta(days=5)),
    ("us", "PLASMA", (None, -18), (None, -18), None, timedelta(days=1826)),
    ("us", "LIQ_PLASMA", (1, 6), (1, 10), None, timedelta(days=40)),
    ("uk", "RBC_AS_LR", (2, 6), (2, 10), 12, timedelta(days=35)),
    ("uk", "PLT", (20, 24), (20, 24), None, timedelta(days=5)),
    ("uk", "FFP_LR", (None, -25), (None, -25), None, timedelta(days=1096)),
    ("uk", "GRAN", (20, 24), (20, 24), None, timedelta(hours=24)),
]


@pytest.mark.parametrize(("profile", "key", "storage", "transport", "hours", "life"), CATALOGUE)
def test_the_profiles_say_what_the_reference_says(
    profile: str,
    key: str,
    storage: tuple[float | None, float | None],
    transport: tuple[float | None, float | None],
    hours: int | None,
    life: timedelta,
) -> None:
    component = load_profile(profile)[key]
    assert component.storage == Limits(*storage)
    assert component.transport == Limits(*transport)
    assert component.transport_max == (None if hours is None else timedelta(hours=hours))
    assert component.shelf_life == life


def test_shelf_life_depends_on_the_anticoagulant_or_additive() -> None:
    red_cells = load_profile("cn-2012")["RBC_S"]
    days = {medium: red_cells.life_in(medium).length.value.days for medium in ("CPD", "CPDA-1", "MAP", "AS-3")}
    assert days == {"CPD": 21, "CPDA-1": 35, "MAP": 35, "AS-3": 42}
    assert red_cells.life_in("0.9 % NaCl").length.value == timedelta(hours=24)
    with pytest.raises(KeyError):
        red_cells.life_in("water")


def test_platelets_are_agitated_and_red_cells_are_not() -> None:
    uk = load_profile("uk")
    platelets = uk["PLT"].agitation
    assert platelets is not None
    assert (platelets.max_single_gap, platelets.max_total_gap) == (timedelta(hours=8), timedelta(hours=24))
    assert uk["RBC_AS_LR"].agitation is None


def test_the_out_of_control_rules_are_those_of_each_country() -> None:
    cn, uk = load_profile("cn-2012")["RBC_S"].out_of_control, load_profile("uk")["RBC_AS_LR"].out_of_control
    assert cn is not None
    assert uk is not None
    assert (cn.return_ok_min, cn.quarantine_ok_min, cn.transfuse_within_h) == (30, None, 4)
    assert (uk.return_ok_min, uk.quarantine_ok_min, uk.quarantine_h, uk.max_events) == (30, 60, 6, 3)
    assert uk.evidence.status == "unverified"


def test_what_a_component_is_by_nature_is_in_its_profile() -> None:
    assert load_profile("cn-2012")["RBC_IRR"].attributes == {Attribute.IRRADIATED}
    assert load_catalogue("cn-2012").days_end is DayEnd.END_OF_DAY


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (ONE.replace("shelf_life", "shelflife"), "shelflife is unknown"),
        (ONE.replace("min_c = 2.0, max_c = 6.0", "min_c = 6.0, max_c = 2.0"), "not below"),
        (ONE.replace("min_c = 2.0, max_c = 6.0, ", ""), "needs min_c or max_c"),
        (ONE.replace("P35D", "35 days"), "not a duration"),
        (ONE.replace("P35D", "P0D"), "not longer than nothing"),
        (ONE.replace('max_h = 24, source = "test"', "max_h = 24"), "transport: it has no source"),
        (ONE.replace("value = 140, ", ""), "ml_per_unit needs a value, a source and a status"),
        (ONE.replace('value = 140, source = "test"', 'value = 140, source = " "'), "it has no source"),
        (ONE.replace('status = "V"', 'status = "sure"'), "status 'sure'"),
        (ONE.replace("max_h = 24", "max_h = -1"), "not longer than nothing"),
        (ONE.replace("max_h = 24", 'max_h = "a day"'), "not a number"),
        (ONE.replace("max_single_gap_h", "gap"), "gap is unknown"),
        (ONE.replace(", quarantine_h = 6", ""), "go together"),
        (ONE.replace("quarantine_ok_min = 60", "quarantine_ok_min = 20"), "below return_ok_min"),
        (ONE.replace('"red_cells"', '"green_cells"'), "green_cells"),
        (ONE.replace("end_of_day", "noon"), "noon"),
        (ONE.replace("version = 1", "version = 0"), "version"),
        (ONE + 'usual = "CPD"', "usual 'CPD'"),
        (ONE + 'attributes = ["golden"]', "golden"),
        (ONE + ONE[ONE.index("[[component]]") :], "RBC is described twice"),
        (ONE[: ONE.index("[[component]]")], "names no component"),
    ],
)
def test_a_broken_profile_is_refused_by_name(broken: str, named: str) -> None:
    with pytest.raises(ProfileError, match=named):
        parse_catalogue(broken)


def test_every_fault_of_a_profile_is_named_at_once() -> None:
    broken = ONE.replace("P35D", "?").replace("max_h = 24", "max_h = 0").replace('"red_cells"', '"none"')
    with pytest.raises(ProfileError) as refused:
        parse_catalogue(broken)
    assert all(word in str(refused.value) for word in ("shelf_life 1", "max_h", "family 'none'"))


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ProfileError, match="no-such"):
        load_profile("no-such")


def test_limits_include_their_edges_and_never_nan() -> None:
    assert Limits(2.0, 6.0).contains(2.0)
    assert Limits(None, -18.0).contains(-18.0)
    assert not Limits(None, -18.0).contains(-17.9)
    assert not Limits(2.0, None).contains(float("nan"))
