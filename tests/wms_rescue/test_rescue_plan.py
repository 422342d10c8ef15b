"""The planner of a rescue: order, slots, trips, segregation, people, and whether it fits the time; pure."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from wms.moves.graph import Leg
from wms.rescue.blast import Endangered
from wms.rescue.plan import CRATE, CRATE_MIN, PERSON, Shelf, Unplaced, plan_rescue

BAG = Endangered("b", "RBC_S", "O+", "AVAILABLE", "cold-1/s1/001", 0, "allogeneic", None, None, None, 30.0)
MINUTE = 60.0


def bag(number: int, **changes: object) -> Endangered:
    return replace(BAG, bag=f"bag-{number:03d}", place=f"cold-1/s1/{number:03d}", **changes)


def shelf(path: str, slots: int, *kinds: str) -> Shelf:
    return Shelf(path, tuple(f"{path}/{number:03d}" for number in range(1, slots + 1)), frozenset(kinds))


def crane(minutes: float = 1.0, device: str = "crane-1"):
    def way(from_place: str, to_shelf: str):
        return (Leg(device, from_place, to_shelf, minutes * MINUTE, None),)

    return way


def plan(bags, shelves, way=None, carries=10, left=30.0):
    answer = shelves if isinstance(shelves, Unplaced) else tuple(shelves)
    return plan_rescue(bags, lambda _: answer, way or crane(), {"crane-1": carries, "crane-2": carries}, left)


def test_bags_of_one_trip_arrive_together_and_the_next_trip_waits_for_the_way_back() -> None:
    found = plan([bag(n) for n in range(25)], [shelf("cold-2/s1", 100)])
    assert sorted({(move.starts_min, move.ends_min) for move in found.moves}) == [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)]
    assert (found.fits, found.minutes_needed) == (True, 5.0)
    assert [(work.device, work.bags, work.minutes) for work in found.machines] == [("crane-1", 25, 6.0)]


def test_every_bag_gets_a_slot_of_its_own() -> None:
    found = plan([bag(n) for n in range(30)], [shelf("cold-2/s1", 20), shelf("cold-2/s2", 20)])
    assert len({move.to_place for move in found.moves}) == 30


def test_what_has_no_slot_left_is_named_and_the_rescue_does_not_fit() -> None:
    found = plan([bag(n) for n in range(5)], [shelf("cold-2/s1", 3)])
    assert [one for one, _ in found.unplaced] == ["bag-003", "bag-004"]
    assert found.fits is False


def test_a_bag_that_comes_too_late_is_said_so() -> None:
    found = plan([bag(n) for n in range(25)], [shelf("cold-2/s1", 100)], way=crane(20.0))
    assert [move.fits for move in found.moves][:10] == [True] * 10
    assert found.moves[-1].fits is False
    assert found.fits is False


def test_nobody_claims_that_it_fits_while_the_time_is_unknown() -> None:
    found = plan([bag(1, minutes_left=None)], [shelf("cold-2/s1", 5)], left=None)
    assert (found.moves[0].fits, found.fits) == (None, None)


def test_the_nearest_shelf_is_taken_first_and_a_machine_before_a_person() -> None:
    def way(from_place: str, to_shelf: str):
        times = {"cold-2/far": 5.0, "cold-2/near": 1.0}
        if to_shelf not in times:
            return None
        return (Leg("crane-1", from_place, to_shelf, times[to_shelf] * MINUTE, None),)

    shelves = [shelf("fridge/by-hand", 9), shelf("cold-2/far", 1), shelf("cold-2/near", 1)]
    found = plan([bag(n) for n in range(3)], shelves, way=way)
    assert [move.to_place for move in found.moves] == ["cold-2/near/001", "cold-2/far/001", "fridge/by-hand/001"]
    assert [move.by for move in found.moves] == ["crane-1", "crane-1", PERSON]


def test_people_carry_crates() -> None:
    found = plan([bag(n) for n in range(CRATE + 1)], [shelf("fridge/s", 90)], way=lambda *_: None)
    assert {move.ends_min for move in found.moves} == {CRATE_MIN / 2, CRATE_MIN * 1.5}


def test_what_was_not_given_for_everybody_stays_with_its_own() -> None:
    directed = bag(1, donation_type="directed")
    found = plan([directed], [shelf("cold-2/s1", 5, "allogeneic"), shelf("cold-2/s2", 5)])
    assert found.moves[0].to_place == "cold-2/s2/001"
    both = plan([directed, bag(2)], [shelf("cold-2/s2", 5)])
    assert both.unplaced == (("bag-002", Unplaced.NO_SLOT),)


def test_a_bag_that_is_moving_already_is_left_to_its_move() -> None:
    assert plan([bag(1)], Unplaced.MOVING).unplaced == (("bag-001", Unplaced.MOVING),)


def test_two_machines_in_a_row_hand_over() -> None:
    def way(from_place: str, to_shelf: str):
        return (
            Leg("crane-1", from_place, "belt", 2 * MINUTE, None),
            Leg("crane-2", "belt", to_shelf, 3 * MINUTE, None),
        )

    found = plan([bag(1), bag(2)], [shelf("cold-2/s1", 5)], way=way)
    assert [(move.starts_min, move.ends_min) for move in found.moves] == [(0.0, 5.0), (0.0, 5.0)]


def test_urgency_is_time_then_the_order_then_expiry() -> None:
    early, promised, old, young = (
        bag(1, minutes_left=5.0),
        bag(2, order_priority=0),
        bag(3, expires_us=10),
        bag(4, expires_us=20),
    )
    unknown = bag(5, minutes_left=None, order_priority=0)
    assert sorted([unknown, young, old, promised, early], key=lambda one: one.urgency) == [
        early,
        promised,
        old,
        young,
        unknown,
    ]


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(0, 90)), st.sampled_from(["allogeneic", "directed"])), max_size=40
    ),
    st.lists(st.integers(0, 15), max_size=4),
    st.integers(1, 12),
)
def test_no_bag_is_lost_doubled_or_put_where_another_goes(wishes, rooms, carries) -> None:
    bags = [bag(n, minutes_left=left, donation_type=kind) for n, (left, kind) in enumerate(wishes)]
    shelves = [shelf(f"cold-2/s{n}", room) for n, room in enumerate(rooms)]
    found = plan(bags, shelves, carries=carries)
    moved = [move.bag for move in found.moves]
    assert sorted(moved + [one for one, _ in found.unplaced]) == sorted(one.bag for one in bags)
    assert len({move.to_place for move in found.moves}) == len(found.moves)
    kinds = {one.bag: one.donation_type for one in bags}
    for one in shelves:
        assert len({kinds[move.bag] for move in found.moves if move.to_place.startswith(one.path + "/")}) <= 1
    trips = {}
    for move in found.moves:
        trips.setdefault((move.by, move.starts_min), []).append(move)
    assert all(len(trip) <= carries for trip in trips.values())
    if found.fits:
        assert all(move.fits for move in found.moves)
        assert not found.unplaced
