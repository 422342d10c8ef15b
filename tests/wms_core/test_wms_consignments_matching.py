"""What each number of a consignment is: nothing is lost, nothing is counted twice, late reads correct."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from wms.intake.matching import ACTS, AWAITED, HELD, Act, ItemState, announced, arrived, judged

NUMBERS = st.integers(0, 12).map(lambda number: f"bag-{number}")
EVENTS = st.lists(st.one_of(st.tuples(st.just("came"), NUMBERS), st.just(("quiet", ""))), max_size=30)


def play(note: list[str], events: list[tuple[str, str]], house: set[str]) -> dict[str, ItemState]:
    """States of all numbers after the events; `house` had been received long before."""
    states = dict(zip(note, announced(note, (), ()), strict=True))
    for kind, number in events:
        if kind == "quiet":
            states = {one: judged(state) for one, state in states.items()}
        else:
            states[number] = arrived(states.get(number), came_before=number in house)
    return states


@given(st.lists(NUMBERS, unique=True), EVENTS, st.sets(NUMBERS))
def test_what_came_is_received_extra_or_double_and_what_did_not_is_awaited(
    note: list[str], events: list[tuple[str, str]], house: set[str]
) -> None:
    states = play(note, events, house)
    came = {number for kind, number in events if kind == "came"}
    assert {number for number, state in states.items() if state in AWAITED} == set(note) - came
    assert {number for number, state in states.items() if state is ItemState.RECEIVED} == (came & set(note)) - house
    assert {number for number, state in states.items() if state is ItemState.EXTRA} == came - set(note) - house
    assert {number for number, state in states.items() if state is ItemState.DOUBLE} == came & house


@given(st.lists(NUMBERS, unique=True), EVENTS, st.randoms())
def test_the_order_of_arrivals_and_of_judging_does_not_matter(
    note: list[str], events: list[tuple[str, str]], chance: object
) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types its random as object
    end = [("quiet", "")]
    assert play(note, [*events, *end], set()) == play(note, [*shuffled, *end], set())


@given(st.lists(NUMBERS), st.sets(NUMBERS), st.sets(NUMBERS))
def test_a_note_has_each_number_once_unless_it_is_double(note: list[str], elsewhere: set[str], here: set[str]) -> None:
    states = announced(note, elsewhere, here)
    counted = Counter(number for number, state in zip(note, states, strict=True) if state is not ItemState.DOUBLE)
    assert set(counted.values()) <= {1}
    assert set(counted) == set(note) - elsewhere
    assert all((state is ItemState.RECEIVED) <= (number in here) for number, state in zip(note, states, strict=True))


def test_only_what_is_awaited_becomes_missing() -> None:
    assert {state: judged(state) for state in ItemState if judged(state) is not state} == {
        ItemState.EXPECTED: ItemState.MISSING
    }


def test_every_state_that_asks_for_a_person_has_an_act_and_every_act_a_state() -> None:
    assert {state for state, acts in ACTS.items() if not acts} == {ItemState.EXPECTED, ItemState.RECEIVED}
    assert {act for acts in ACTS.values() for act in acts} == set(Act)
    assert set(ACTS) >= HELD
