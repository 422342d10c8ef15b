"""A count conserves bags: each that was believed or seen has exactly one state."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wms.stocktake.matching import CountState, compare

BAGS = st.integers(0, 15).map(lambda number: f"bag-{number}")
TAGS = st.dictionaries(st.integers(0, 30).map(lambda number: f"epc-{number}"), st.one_of(st.none(), BAGS))


@given(st.sets(BAGS), TAGS, st.sets(BAGS))
def test_every_bag_that_was_believed_or_seen_has_one_state(
    believed: set[str], seen: dict[str, str | None], moved: set[str]
) -> None:
    states = compare(believed, seen, moved)
    bags, strangers = set(seen.values()) - {None}, {tag for tag, bag in seen.items() if bag is None}
    by_state = {state: {one for one, its in states.items() if its is state} for state in CountState}
    assert set(states) == believed | bags | strangers
    assert by_state[CountState.SEEN] == believed & bags
    assert by_state[CountState.ELSEWHERE] == bags - believed
    assert by_state[CountState.UNKNOWN_TAG] == strangers
    assert by_state[CountState.NOT_SEEN] == believed - bags - moved
    assert by_state[CountState.MOVED] == (believed - bags) & moved


@given(st.sets(BAGS), st.sets(BAGS))
def test_what_two_people_saw_together_is_never_less_than_what_one_saw(believed: set[str], seen: set[str]) -> None:
    some = compare(believed, {bag: bag for bag in seen})
    more = compare(believed, {bag: bag for bag in seen | believed})
    assert set(more.values()) <= {CountState.SEEN, CountState.ELSEWHERE}
    assert all(more[bag] is CountState.SEEN for bag in believed)
    assert {bag for bag, state in some.items() if state is CountState.ELSEWHERE} == {
        bag for bag, state in more.items() if state is CountState.ELSEWHERE
    }
