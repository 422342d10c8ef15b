"""The dispatch lock opens for exactly its shipment; what leaves otherwise is caught at the portal."""

from __future__ import annotations

from outbound_looks import NURSE, alarms, kinds, ordered, shipments

from plc_bridge.messages import CommandAnswered, CommandOutcome, LockOpened, LockRefused
from rfid.messages import Direction, HearingChanged
from wms.holds.commands import place_hold
from wms.machines.answers import command_answered
from wms.orders.lifecycle import ShipmentState
from wms.outbound import flow, handlers
from wms.portals.hearing import on_hearing_changed


async def test_the_lock_holds_one_shipment_at_a_time_and_the_urgent_one_goes_first(store, floor) -> None:
    for _ in range(3):
        await store.bag()
    routine = await ordered(store, priority=5)
    urgent = await ordered(store, priority=2)
    await floor.run_until(lambda: any(one.state is ShipmentState.IN_TRANSIT for one in shipments(store)))
    (gone,) = (one for one in shipments(store) if one.state is ShipmentState.IN_TRANSIT)
    assert gone.order == urgent
    await floor.run(16)
    assert {one.order for one in shipments(store)} == {routine, urgent}
    assert {one.state for one in shipments(store)} == {ShipmentState.IN_TRANSIT}


async def test_the_wrong_bag_in_the_lock_keeps_it_shut_until_put_right(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.extra_in_lock = ["aa" * 16]
    await floor.run()
    assert alarms(store, "lock_content") == [("lock-1", "unacknowledged")]
    assert store.state_of(bag)["status"] == "PACKED"
    floor.extra_in_lock = []
    await floor.run()
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "lock_content") == [("lock-1", "returned_unacknowledged")]


async def test_a_deaf_reader_at_the_portal_keeps_the_lock_shut_until_it_hears(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    at = store.clock.now()
    deaf, well = (HearingChanged(reader="reader-2", deaf=ports, at=at) for ports in ((2,), ()))
    await floor.tell(on_hearing_changed, NURSE, deaf)
    await floor.run()
    assert alarms(store, "reader_deaf") == [("reader-2", "unacknowledged")]
    assert store.state_of(bag)["status"] == "PACKED"
    assert not store.all("SELECT 1 FROM lock_permit")
    await floor.tell(on_hearing_changed, NURSE, well)
    await floor.run()
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_a_permit_that_merely_ran_out_is_given_again(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    permit = await floor.until_unheard_permit()
    late = LockRefused(
        device="lock-1", permit=permit.permit, shipment=permit.shipment, reason="the permit has run out",
        missing=(), extra=(),
    )  # fmt: skip
    await floor.tell(handlers.on_lock_refused, NURSE, late)
    floor.lock_listens = True
    await floor.run(2)
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "lock_content") == []


async def test_a_permit_that_nobody_answered_is_given_again(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    await floor.until_unheard_permit()
    floor.lock_listens = True
    await floor.run(3)
    assert store.state_of(bag)["status"] == "PACKED"
    await floor.run(4)
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_a_permit_that_the_bridge_could_not_deliver_is_given_again(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    await floor.until_unheard_permit()
    (command,) = store.all("SELECT id FROM machine_command WHERE device = 'lock-1'")
    answer = CommandAnswered(
        command=command.id, device="lock-1", outcome=CommandOutcome.EXPIRED, detail="the cell was away"
    )
    await floor.tell(command_answered, NURSE, answer)
    floor.lock_listens = True
    await floor.run(2)
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_a_bag_that_leaves_without_a_permit_is_recorded_alarmed_and_held(store, floor) -> None:
    bag = await store.bag()
    await floor.cross(floor.epc(bag))
    state = store.state_of(bag)
    assert (state["status"], state["place"]) == ("IN_TRANSIT", "transit")
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]
    assert len(store.all("SELECT id FROM hold WHERE bag = :bag AND lifted_us IS NULL", bag=bag)) == 1


async def test_a_bag_held_after_the_permit_was_given_is_caught_at_the_portal(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.portal_sees = False
    await floor.run_until(lambda: shipments(store)[0].state is ShipmentState.PERMITTED if shipments(store) else False)
    assert store.state_of(bag)["status"] == "PACKED"
    await store.write(lambda tx: place_hold(tx, NURSE, bag=bag, reason="recall"))
    await floor.cross(floor.epc(bag))
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]


async def test_a_crossing_in_no_clear_direction_changes_nothing(store, floor) -> None:
    bag = await store.bag()
    await floor.cross(floor.epc(bag), Direction.UNKNOWN)
    assert store.state_of(bag)["status"] == "AVAILABLE"
    assert kinds(store, bag)[-1] == "crossing.unclear"


async def test_a_bag_the_portal_missed_is_sent_on_its_way_and_named(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.portal_sees = False
    await floor.run(8)
    assert shipments(store)[0].state is ShipmentState.PERMITTED
    await floor.run(3, step_s=300)
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "missed_read") == [(bag, "unacknowledged")]


async def test_bags_seen_on_the_road_before_the_locks_own_report_stay_their_shipments(store, floor) -> None:
    bag = await store.bag()
    order = await ordered(store)
    floor.lock_listens = False
    permit = await floor.until_unheard_permit()
    await floor.cross(floor.epc(bag))
    floor.lock = []
    await floor.run(12)
    (travels,) = shipments(store)
    assert (travels.id, travels.order) == (permit.shipment, order)
    assert [one.bag for one in store.show(order).lines[0].bags] == [bag]
    opened = LockOpened(device="lock-1", permit=permit.permit, shipment=permit.shipment, epcs=permit.epcs)
    await floor.tell(handlers.on_lock_opened, NURSE, opened)
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT
    assert alarms(store, "left_without_permit") == []


async def test_a_lock_that_opened_on_a_bag_its_order_had_lost_is_named_though_the_portal_missed_it(
    store, floor
) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    permit = await floor.until_unheard_permit()
    await store.write(lambda tx: place_hold(tx, NURSE, bag=bag, reason="recall"))
    opened = LockOpened(device="lock-1", permit=permit.permit, shipment=permit.shipment, epcs=permit.epcs)
    await floor.tell(handlers.on_lock_opened, NURSE, opened)
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]
    assert len(store.all("SELECT id FROM hold WHERE bag = :bag AND lifted_us IS NULL", bag=bag)) == 2


async def test_a_lock_that_opened_on_a_tag_outside_its_permit_names_it_and_ships_it_not(store, floor) -> None:
    bag, stranger = await store.bag(days=5), await store.bag(days=9)
    await ordered(store)
    floor.lock_listens = False
    permit = await floor.until_unheard_permit()
    epcs = (*permit.epcs, floor.epc(stranger))
    opened = LockOpened(device="lock-1", permit=permit.permit, shipment=permit.shipment, epcs=epcs)
    await floor.tell(handlers.on_lock_opened, NURSE, opened)
    assert alarms(store, "left_without_permit") == [(stranger, "unacknowledged")]
    assert [row.bag for row in store.all("SELECT bag FROM shipment_bag")] == [bag]


async def test_a_bag_that_left_without_a_permit_does_not_keep_the_lane_from_the_others(store, floor) -> None:
    lost = await store.bag(days=5)
    order = await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await floor.cross(floor.epc(lost))
    assert alarms(store, "left_without_permit") == [(lost, "unacknowledged")]
    floor.gate_answers = True
    other = await store.bag(days=9)
    await store.planner.plan_once()
    await floor.run()
    assert [one.bag for one in store.show(order).lines[0].bags] == [other]
    assert store.state_of(other)["status"] == "IN_TRANSIT"


async def test_a_lock_permit_that_has_not_left_yet_is_withdrawn_when_one_of_its_bags_is_held(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    await ordered(store, 2)
    standing = "SELECT device, state FROM machine_command WHERE state = 'queued'"
    floor.lock_listens = False
    for _ in range(12):
        await floor.run(1)
        await store.write(flow.advance)
        if store.all(standing) == [("lock-1", "queued")]:
            break
    assert store.all(standing) == [("lock-1", "queued")]
    await store.write(lambda tx: place_hold(tx, NURSE, bag=first, reason="recall"))
    await store.write(flow.advance)
    assert ("lock-1", "queued") not in [tuple(row) for row in store.all(standing)]
    assert store.state_of(second)["status"] == "PACKED"


async def test_a_lock_that_tells_late_of_a_shipment_that_was_given_up_is_an_alarm_for_its_bag(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    permit = await floor.until_unheard_permit()
    await store.write(lambda tx: place_hold(tx, NURSE, bag=bag, reason="recalled"))
    await floor.run_until(lambda: not store.all("SELECT 1 FROM shipment"))
    report = LockOpened(device="lock-1", permit=permit.permit, shipment=permit.shipment, epcs=permit.epcs)
    await floor.tell(handlers.on_lock_opened, NURSE, report)
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]
    await floor.cross(floor.epc(bag))
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
