"""Operations: every number has a source, no expiry outlives a parent, measures are judged by the profile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.component_file import load_profile
from blood.components import ProfileError
from blood.expiry import expiry_after
from blood.operation_file import load_operations, parse_operations
from blood.operations import ExpiryBasis, Measured, Operation, OperationKind, faults_of

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
COMPONENTS = load_profile("cn-2012")
BY_PARENTS = [one for one in load_operations("cn-2012") if one.expiry is ExpiryBasis.PARENTS]
ONE = """
[[operation]]
recipe = "irradiate"
inputs = ["RBC_S"]
output = "RBC_IRR"
max_age = { value = "P14D", source = "s", status = "V" }
expiry = "parents"
expiry_limit = { value = "P14D", source = "s", status = "V" }
batch_fails_at = { value = 0.5, source = "s", status = "V" }
source = "s"
status = "V"
measures = [{ name = "dose_min", unit = "Gy", min = 25.0, name_en = "d", name_zh = "d", source = "s", status = "V" }]
"""
instants = st.integers(0, 4 * 365 * 86_400_000_000).map(lambda us: AT + timedelta(microseconds=us))


def operation(recipe: OperationKind, output: str | None) -> Operation:
    return next(one for one in load_operations("cn-2012") if (one.recipe, one.output) == (recipe, output))


def test_the_bundled_profile_has_an_operation_for_each_component_that_is_prepared() -> None:
    operations = load_operations("cn-2012")
    assert {one.recipe for one in operations} == set(OperationKind)
    made = {output for one in operations if not one.by_hand for output in one.outputs}
    assert made == {"RBC_S", "FFP", "PLT_C", "PLT_P", "RBC_W", "RBC_IRR", "PLT_IRR", "FFP_MB"}
    by_hand = {output for one in operations if one.by_hand for output in one.outputs}
    assert by_hand == {"RBC_LR", "FFP_T", "CRYO_T", "RBC_F", "RBC_D", "FP"}


def test_each_number_has_a_source_and_says_how_sure_it_is() -> None:
    for one in load_operations("cn-2012"):
        numbers = {
            "parents": one.max_parents > 1,
            "max_age": one.max_age is not None,
            "expiry_limit": one.expiry_limit is not None,
            "batch_fails_at": not one.by_hand,
            "pieces": one.max_pieces > 1,
        }
        assert {name for name, given_ in numbers.items() if given_} <= set(one.evidence)
        evidence = [*one.evidence.values(), *(measure.evidence for measure in one.measures)]
        assert all(evidence.source and evidence.status in {"V", "S", "unverified"} for evidence in evidence)


@given(st.sampled_from(BY_PARENTS), st.lists(instants, min_size=1, max_size=8), instants)
def test_nothing_outlives_a_parent_or_the_limit_of_its_operation(
    operation: Operation, parents: list[datetime], at: datetime
) -> None:
    expiry = expiry_after(operation, parents, at)
    assert all(expiry <= parent for parent in parents)
    assert operation.expiry_limit is None or expiry <= at + operation.expiry_limit
    bounds = [*parents, *([] if operation.expiry_limit is None else [at + operation.expiry_limit])]
    assert min(bounds) - expiry < timedelta(minutes=1)
    assert (expiry.second, expiry.microsecond) == (0, 0)


def test_washing_leaves_a_day_and_irradiation_two_weeks_but_never_more_than_there_was() -> None:
    wash = operation(OperationKind.WASH, "RBC_W")
    assert expiry_after(wash, [AT + timedelta(days=20)], AT) == AT + timedelta(hours=24)
    assert expiry_after(wash, [AT + timedelta(hours=3)], AT) == AT + timedelta(hours=3)
    irradiate = operation(OperationKind.IRRADIATE, "RBC_IRR")
    assert expiry_after(irradiate, [AT + timedelta(days=30)], AT) == AT + timedelta(days=14)
    platelets = operation(OperationKind.IRRADIATE, "PLT_IRR")
    assert expiry_after(platelets, [AT + timedelta(days=4)], AT) == AT + timedelta(days=4)


def test_an_expiry_without_a_parent_or_from_collection_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one parent"):
        expiry_after(operation(OperationKind.POOL, "PLT_P"), [], AT)
    with pytest.raises(ValueError, match="counts from collection"):
        expiry_after(operation(OperationKind.SEPARATE, "RBC_S"), [AT], AT)


def test_red_cells_older_than_two_weeks_are_not_irradiated() -> None:
    irradiate = operation(OperationKind.IRRADIATE, "RBC_IRR")
    assert not irradiate.too_old(AT - timedelta(days=14), AT)
    assert irradiate.too_old(AT - timedelta(days=14, seconds=1), AT)
    assert not operation(OperationKind.WASH, "RBC_W").too_old(AT - timedelta(days=30), AT)


@pytest.mark.parametrize(
    ("measured", "why"),
    [
        ([Measured("dose_min", 24.9, "Gy"), Measured("dose_max", 40.0, "Gy")], "dose_min 24.9 Gy, at least 25"),
        ([Measured("dose_min", 26.0, "Gy"), Measured("dose_max", 50.1, "Gy")], "dose_max 50.1 Gy, at most 50"),
        ([Measured("dose_min", 26.0, "Gy")], "dose_max was not measured"),
        ([Measured("dose_min", float("nan"), "Gy"), Measured("dose_max", 40.0, "Gy")], "dose_min was not measured"),
        ([Measured("dose_min", 2600.0, "cGy"), Measured("dose_max", 40.0, "Gy")], "reported in cGy, not in Gy"),
        ([*(Measured("dose_min", v, "Gy") for v in (26.0, 12.0)), Measured("dose_max", 40.0, "Gy")], "dose_min 12 Gy"),
    ],
)
def test_a_unit_outside_its_limits_or_without_its_measure_is_faulty(measured: list[Measured], why: str) -> None:
    (fault,) = faults_of(operation(OperationKind.IRRADIATE, "RBC_IRR"), measured)
    assert why in fault


def test_limits_include_their_edges_and_unknown_measures_are_only_kept() -> None:
    measured = [Measured("dose_min", 25.0, "Gy"), Measured("dose_max", 50.0, "Gy"), Measured("humidity", 3.0, "%")]
    assert faults_of(operation(OperationKind.IRRADIATE, "RBC_IRR"), measured) == ()


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (ONE.replace('"irradiate"', '"boil"'), "boil"),
        (ONE.replace("RBC_IRR", "RBC_X"), "RBC_X"),
        (ONE.replace('["RBC_S"]', "[]"), "no inputs"),
        (ONE.replace('output = "RBC_IRR"\n', ""), "every other operation has an output"),
        (ONE.replace('value = "P14D"', 'value = "a fortnight"'), "not a duration"),
        (ONE.replace("min = 25.0, ", ""), "needs min or max"),
        (ONE.replace("min = 25.0, ", "min = 50.0, max = 25.0, "), "not below"),
        (ONE.replace("0.5", "1.5"), "share from 0 to 1"),
        (ONE.replace('status = "V"\nmeasures', 'status = "sure"\nmeasures'), "the status 'sure'"),
        (ONE.replace('expiry = "parents"', 'expiry = "collection"'), "not one from collection"),
        (ONE.replace('expiry = "parents"', 'expiry = "parents"\nspeed = 3'), "speed is unknown"),
        (ONE + ONE, "described twice"),
        (ONE.replace('"irradiate"', '"pool"'), "same abo and rhd"),
        (ONE.replace('expiry = "parents"', 'expiry = "parents"\nsame = ["colour"]'), "colour"),
    ],
)
def test_a_broken_operation_is_refused_by_name(broken: str, named: str) -> None:
    with pytest.raises(ProfileError, match=named):
        parse_operations(broken, COMPONENTS)


def test_every_fault_of_a_file_is_named_at_once() -> None:
    broken = ONE.replace("RBC_IRR", "RBC_X").replace("0.5", "7").replace('"P14D"', '"?"')
    with pytest.raises(ProfileError) as refused:
        parse_operations(broken, COMPONENTS)
    assert all(word in str(refused.value) for word in ("RBC_X", "batch_fails_at", "max_age", "expiry_limit"))


def test_an_unknown_profile_has_no_operations() -> None:
    with pytest.raises(ProfileError, match="no-such"):
        load_operations("no-such")
