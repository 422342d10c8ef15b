"""Profile files: every number is there, named and possible."""

from __future__ import annotations

from datetime import timedelta

import pytest

from blood.components import Limits, ProfileError, load_profile, parse_profile

ONE = """
profile = "x"
[[component]]
key = "RBC"
family = "red_cells"
name_en = "Red cells"
name_zh = "红细胞"
storage = { min_c = 2.0, max_c = 6.0 }
transport = { min_c = 2.0, max_c = 10.0 }
shelf_life = "P35D"
ml_per_unit = 140
source = "test"
status = "S"
"""


def test_the_bundled_profile_has_a_source_for_each_component() -> None:
    profile = load_profile("cn-2012")
    assert set(profile) >= {"WB", "RBC_S", "FFP", "FP"}
    assert all(component.source and component.status in {"V", "S", "unverified"} for component in profile.values())
    assert profile["FFP"].freeze is not None
    assert profile["RBC_S"].shelf_life == timedelta(days=35)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (ONE.replace("shelf_life", "shelflife"), "shelflife"),
        (ONE.replace("min_c = 2.0, max_c = 6.0", "min_c = 6.0, max_c = 2.0"), "not below"),
        (ONE.replace("{ min_c = 2.0, max_c = 6.0 }", "{}"), "needs min_c or max_c"),
        (ONE.replace("P35D", "35 days"), "not a duration"),
        ("", "no component"),
    ],
)
def test_a_broken_profile_is_refused_by_name(broken: str, named: str) -> None:
    with pytest.raises(ProfileError, match=named):
        parse_profile(broken)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ProfileError, match="no-such"):
        load_profile("no-such")


def test_limits_include_their_edges_and_never_nan() -> None:
    assert Limits(2.0, 6.0).contains(2.0)
    assert Limits(None, -18.0).contains(-18.0)
    assert not Limits(None, -18.0).contains(-17.9)
    assert not Limits(2.0, None).contains(float("nan"))
