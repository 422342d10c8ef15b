"""Ways over the plant's routes: quickest, without blocked machines, joined where one machine goes on."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plant.load import demo_text, parse_plant
from wms.moves.graph import Graph, graph_of

PLANT = parse_plant(demo_text())
NODES = sorted({path for route in PLANT.routes for path in (route.from_place, route.to_place)})
CARRYING = sorted({route.device for route in PLANT.routes})


def ways(from_place: str, to_place: str, *blocked: str) -> list[tuple[str, str, str]] | None:
    way = graph_of(PLANT).path(from_place, to_place, frozenset(blocked))
    return None if way is None else [(leg.device, leg.from_place, leg.to_place) for leg in way]


def test_a_slot_belongs_to_its_store_and_a_place_without_routes_to_nothing():
    graph = graph_of(PLANT)
    assert graph.node("cold-1/q1/017") == "cold-1"
    assert graph.node("belt/stock") == "belt/stock"
    assert graph.node("pad") is None
    assert graph.path("pad", "cold-1/q1/001") is None


def test_what_one_machine_does_in_one_go_is_one_step():
    assert ways("prep/out", "cold-1/q1/001") == [
        ("conv-1", "prep/out", "belt/cold-1"),
        ("crane-1", "belt/cold-1", "cold-1/q1/001"),
    ]


def test_a_portal_on_the_way_makes_a_step_of_its_own():
    way = graph_of(PLANT).path("label/cell-1", "cold-1/s1/001")
    assert way is not None
    assert [(leg.device, leg.to_place, leg.portal) for leg in way] == [
        ("conv-1", "belt/stock", "p3"),
        ("conv-1", "belt/cold-1", None),
        ("crane-1", "cold-1/s1/001", None),
    ]


def test_within_one_store_the_crane_goes_from_slot_to_slot():
    assert ways("cold-1/q1/001", "cold-1/s1/001") == [("crane-1", "cold-1/q1/001", "cold-1/s1/001")]
    assert ways("cold-1/q1/001", "cold-1/q1/001") == []


def test_the_reach_of_a_shelf_is_part_of_the_time():
    graph = graph_of(PLANT)
    near, far = graph.seconds("belt/cold-1", "cold-1/s1/001"), graph.seconds("belt/cold-1", "cold-1/n1/001")
    assert (near, far) == (37.0, 47.0)


def test_a_blocked_machine_is_gone_around_and_without_another_there_is_no_way():
    assert ways("cold-1/s1/001", "dispatch/gate") == [
        ("crane-1", "cold-1/s1/001", "belt/cold-1"),
        ("amr-1", "belt/cold-1", "dispatch/gate"),
    ]
    assert ways("cold-1/s1/001", "dispatch/gate", "amr-1") == [
        ("crane-1", "cold-1/s1/001", "belt/cold-1"),
        ("conv-1", "belt/cold-1", "belt/dispatch"),
        ("div-1", "belt/dispatch", "dispatch/gate"),
    ]
    assert ways("cold-1/s1/001", "dispatch/gate", "crane-1") is None


def test_no_way_leads_through_a_machine_or_a_gate():
    closed = {"label/cell-1", "dispatch/gate"}
    for start in NODES:
        for end in NODES:
            for leg in (graph_of(PLANT).path(start, end) or ())[:-1]:
                assert leg.to_place not in closed


@given(st.sampled_from(NODES), st.sampled_from(NODES), st.frozensets(st.sampled_from(CARRYING), max_size=3))
def test_every_way_is_unbroken_and_the_same_whoever_asked_before(start, end, blocked):
    way = graph_of(PLANT).path(start, end, blocked)
    assert way == Graph(PLANT).path(start, end, blocked)
    if way:
        assert (way[0].from_place, way[-1].to_place) == (start, end)
        assert all(before.to_place == after.from_place for before, after in pairwise(way))
        assert not {leg.device for leg in way} & blocked


@given(st.sampled_from(NODES), st.sampled_from(NODES), st.sampled_from(NODES))
def test_no_detour_is_quicker(start, over, end):
    graph = graph_of(PLANT)
    if over in {"label/cell-1", "dispatch/gate"} or start == end:
        return
    direct, there, on = graph.seconds(start, end), graph.seconds(start, over), graph.seconds(over, end)
    if there is not None and on is not None:
        assert direct is not None
        assert direct <= there + on
