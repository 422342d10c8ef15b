"""What the screens show of picking and of the road."""

from __future__ import annotations

from datetime import timedelta

import pytest
from outbound_looks import ordered, shipments, sign_for
from transport_fleet import Fleet

from wms.errors import NotFound
from wms.outbound.picking import picking
from wms.transport import read
from wms.transport.trips import TripState


async def test_picking_shows_lanes_boxes_and_who_waits_for_a_lane(store, floor) -> None:
    for _ in range(5):
        await store.bag()
    for hospital in ("east-lake", "childrens", "county", "ferry"):
        await ordered(store, hospital=hospital)
    await floor.run(3)
    with store.read() as conn:
        shown = picking(conn, store.plant)
    assert [lane.lane for lane in shown.lanes] == ["dispatch/sort-1", "dispatch/sort-2", "dispatch/sort-3"]
    assert len({lane.shipment for lane in shown.lanes}) == 3
    assert all(bag.waits_en and bag.waits_zh for lane in shown.lanes for bag in lane.bags)
    assert [(one.hospital, one.bags) for one in shown.queue] == [("ferry", 1)]
    assert [box.id for box in shown.boxes] == [box.id for box in store.plant.boxes]


async def test_a_refused_box_shows_what_is_wrong_with_its_content(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    await ordered(store, 2)
    floor.unread.add(floor.epc(bags[0]))
    await floor.run_until(lambda: bool(store.all("SELECT 1 FROM box WHERE state = 'refused'")))
    with store.read() as conn:
        (box,) = (one for one in picking(conn, store.plant).boxes if one.state == "refused")
    assert box.mismatch is not None
    assert (box.mismatch.missing, box.mismatch.extra, box.fault) == ((bags[0],), (), "content")


async def test_a_shipment_shows_its_boxes_trip_and_expected_time_also_when_its_box_serves_another(store, floor) -> None:
    bag = await store.bag()
    await ordered(store, priority=2)
    await floor.run(20)
    fleet = Fleet(store)
    await fleet.look()
    await fleet.leave(fleet.only)
    (travels,) = shipments(store)
    with store.read() as conn:
        shown = read.travels(conn, store.plant, [travels.id], store.clock.now())[travels.id]
        vehicles = {one.id: one.state for one in read.vehicles(conn, store.plant)}
        (trip,) = read.list_trips(conn, store.plant)
    (box,) = shown.boxes
    assert (box.id, box.bags, box.min_c, box.max_c, box.minutes_outside) == ("r20-1", (bag,), 2.0, 10.0, 0.0)
    assert box.loaded_at is not None
    assert (shown.trip, shown.vehicle, shown.expected_at) == (trip.id, "van-1", trip.stops[0].eta)
    assert vehicles == {"van-1": "under_way", "van-2": "idle", "drone-1": "idle"}
    await fleet.deliver(fleet.only)
    await sign_for(store, travels.id, [bag])
    await store.write(lambda tx: tx.raw.execute("UPDATE box SET shipment = 'shp-other'"))
    with store.read() as conn:
        (later,) = read.travels(conn, store.plant, [travels.id], store.clock.now())[travels.id].boxes
    assert (later.id, later.bags, later.state, later.minutes_outside) == ("r20-1", (bag,), None, 0.0)


async def test_trips_are_listed_by_state_and_an_unknown_one_is_named(store, floor) -> None:
    await store.bag()
    await ordered(store, priority=4)
    await floor.run(20)
    await Fleet(store).look()
    with store.read() as conn:
        assert [one.state for one in read.list_trips(conn, store.plant)] == [TripState.PLANNED]
        assert read.list_trips(conn, store.plant, states=[TripState.DONE]) == ()
        with pytest.raises(NotFound):
            read.one_trip(conn, store.plant, "trp-nothing")


async def test_weather_that_is_unknown_or_old_is_not_fresh(store) -> None:
    now = store.clock.now()
    with store.read() as conn:
        unknown = read.weather(conn, now)
    assert (unknown.at, unknown.fresh, unknown.wind_m_s, unknown.flight_stop_en) == (
        None, False, None, "no weather is known",
    )  # fmt: skip
    await Fleet(store).weather(wind_m_s=4.0)
    with store.read() as conn:
        fresh, old = read.weather(conn, now), read.weather(conn, now + timedelta(minutes=21))
    assert (fresh.fresh, fresh.wind_m_s, fresh.flight_stop_en) == (True, 4.0, None)
    assert (old.fresh, old.flight_stop_zh) == (False, "气象数据已过期 21 分钟")
