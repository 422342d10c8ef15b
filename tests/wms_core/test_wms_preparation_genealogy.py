"""Genealogy: what is made is never better than the worst of its parents; pools have numbers of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.attributes import Attribute
from blood.eligibility import DonationType
from blood.groups import BloodGroup
from wms.errors import Invalid, Refused
from wms.intake.collection import Collection, collect
from wms.preparation.genealogy import traits_of
from wms.preparation.pools import FIRST, LAST, is_pool_din, next_pool_din
from wms.store.metadata import to_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TESTS = ("negative", "pending", "not_negative")
TYPES = [one.value for one in DonationType]
parents = st.lists(
    st.fixed_dictionaries(
        {
            "donor": st.sampled_from(["donor-1", "donor-2"]),
            "abo_rhd": st.sampled_from([None, *(group.value for group in BloodGroup)]),
            "donation_type": st.sampled_from(TYPES),
            "tests": st.sampled_from(TESTS),
            "custody": st.just("centre"),
            "collected_us": st.integers(0, 10**15),
            "expires_us": st.integers(0, 10**15),
            "antigens": st.sampled_from([None, "K-"]),
            "hla": st.sampled_from([None, "A2,A24"]),
            "attributes": st.sampled_from([None, "irradiated", "irradiated,opened", "leucoreduced", "opened"]),
            "intended_for": st.sampled_from([None, "patient-1", "patient-2"]),
        }
    ),
    min_size=1,
    max_size=8,
)


@given(parents)
def test_a_child_is_the_worst_of_its_parents(family):
    traits = traits_of(family, "A999926950000")
    assert TESTS.index(traits.tests) == max(TESTS.index(parent["tests"]) for parent in family)
    assert (traits.tests == "negative") == all(parent["tests"] == "negative" for parent in family)
    all_open = all(parent["donation_type"] == "allogeneic" for parent in family)
    assert (traits.donation_type is DonationType.ALLOGENEIC) == all_open
    assert to_us(traits.collected_at) == min(parent["collected_us"] for parent in family)
    assert len(traits.expiries) == len(family)


@given(parents)
def test_a_child_keeps_only_what_all_its_parents_have_and_is_opened_when_one_was(family):
    traits = traits_of(family, "A999926950000")
    each = [set((parent["attributes"] or "").split(",")) - {""} for parent in family]
    assert (Attribute.OPENED in traits.attributes) == any("opened" in one for one in each)
    assert (Attribute.IRRADIATED in traits.attributes) == all("irradiated" in one for one in each)
    assert traits.antigens == ("K-" if all(parent["antigens"] for parent in family) else None)
    assert traits.hla == ("A2,A24" if all(parent["hla"] for parent in family) else None)


@given(parents)
def test_a_bag_for_one_patient_stays_his_and_a_pool_of_bags_for_two_is_a_contradiction(family):
    traits = traits_of(family, "A999926950000")
    patients = {parent["intended_for"] for parent in family} - {None}
    assert (traits.intended_for in patients) == bool(patients)
    assert ("meant for the patients" in (traits.contradiction or "")) == (len(patients) > 1)


def test_what_an_operation_does_to_a_bag_is_written_on_it():
    bag = {"donor": "d", "abo_rhd": "O+", "donation_type": "allogeneic", "tests": "negative", "custody": "centre",
           "collected_us": 0, "expires_us": 9, "antigens": None, "hla": None, "attributes": "leucoreduced",
           "intended_for": None}  # fmt: skip
    made = traits_of([bag], "A999926950000").fields(frozenset({Attribute.IRRADIATED}))
    assert made["attributes"] == "irradiated,leucoreduced"


@given(parents)
def test_a_child_has_a_group_only_when_all_parents_share_a_confirmed_one(family):
    groups = {parent["abo_rhd"] for parent in family}
    traits = traits_of(family, "A999926950000")
    assert (traits.group is not None) == (len(groups) == 1 and None not in groups)
    assert ("have the groups" in (traits.contradiction or "")) == (len(groups - {None}) > 1)


@given(parents)
def test_the_donor_of_a_pool_is_the_pool(family):
    donor = traits_of(family, "A999926950000").donor
    assert donor == (family[0]["donor"] if len(family) == 1 else "pool A999926950000")


def test_nothing_is_made_of_nothing():
    with pytest.raises(ValueError, match="at least one parent"):
        traits_of([], "A999926950000")


async def test_pool_numbers_go_on_through_the_year_and_begin_anew_with_the_next(store):
    assert await store.write(next_pool_din) == "A999926950000"
    assert await store.write(next_pool_din) == "A999926950001"
    store.clock.step(timedelta(days=304, hours=9).total_seconds())  # 1 January at the site, still December in UTC
    assert await store.write(next_pool_din) == "A999927950000"


async def test_a_number_that_is_in_use_is_skipped_and_the_last_one_is_the_end(store):
    await store.add_bag(FIRST, "D0008V00")
    assert await store.write(next_pool_din) == "A999926950001"
    await store.write(lambda tx: tx.raw.execute("UPDATE pool_number SET last = ?", (LAST - 1,)))
    assert await store.write(next_pool_din) == f"A999926{LAST}"
    with pytest.raises(Refused, match="used up"):
        await store.write(next_pool_din)


async def test_a_donation_cannot_take_a_number_that_is_kept_for_pools(store):
    wish = Collection(
        din_scan="=A99992695000000", din_scan_again="=A99992695000000", donor="donor-7", volume_ml=400.0,
        target_ml=400.0, anticoagulant="CPDA-1", started_at=store.clock.now() - timedelta(minutes=8),
        ended_at=store.clock.now(), sealed_at=store.clock.now(), samples=("=A99992695000007",), device="shaker-1",
        device_serial="S-100", operator="nurse", donation_type=DonationType.ALLOGENEIC,
    )  # fmt: skip
    with pytest.raises(Invalid, match="number for pools"):
        await store.write(lambda tx: collect(tx, TESTER, wish))


def test_which_numbers_are_for_pools(plant):
    assert is_pool_din(plant, "A999926950000")
    assert not is_pool_din(plant, "A999926949999")
    assert not is_pool_din(plant, "W000026950000")
