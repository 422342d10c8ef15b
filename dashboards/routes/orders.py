"""Orders and shipments. A hospital sees, places, cancels and receives its own, and nothing of anybody else's."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy import Connection

from dashboards.auth import FloorOrHospital, HospitalPerson, StaffOrHospital, own_hospital
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import orders as schemas
from dashboards.shipping import shipment_views
from wms.errors import NotFound
from wms.orders import commands
from wms.orders import read as orders
from wms.orders.lifecycle import ShipmentState
from wms.outbound import read as outbound
from wms.outbound import receipt
from wms.people.sessions import Visitor
from wms.store.tx import Tx

routes = router("orders")
shipments = router("shipments")
HospitalFilter = Annotated[str | None, Query(max_length=120)]


@routes.get("/orders")
async def list_orders(
    who: StaffOrHospital, house: HouseOf, state: Literal["open", "all"] = "open", hospital: HospitalFilter = None
) -> schemas.OrderList:
    """Open orders, the most urgent first; `all` adds the closed ones."""
    mine, plant = own_hospital(who, hospital), house.warehouse.plant
    found = await house.read(lambda conn: orders.list_orders(conn, plant, everything=state == "all", hospital=mine))
    return schemas.OrderList(items=[schemas.Order.model_validate(order) for order in found])


@routes.get("/orders/{order_id}")
async def get_order(order_id: str, who: StaffOrHospital, house: HouseOf) -> schemas.Order:
    """One order with every line, every bag, and why."""
    return await house.read(lambda conn: _order(conn, house, who, order_id))


@routes.post("/orders", status_code=201)
async def place_order(
    body: schemas.OrderRequest, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> schemas.Order:
    """Place an order; the planner answers it within moments."""
    own_hospital(who, body.hospital)
    wish = commands.OrderWish(
        hospital=body.hospital,
        kind=body.kind,
        priority=body.priority,
        due_at=body.due_at,
        lines=tuple(
            commands.LineWish(
                line.component, line.group, line.quantity, line.substitution, line.min_days_left, line.patient
            )
            for line in body.lines
        ),
    )
    order_id = await write(house, who, repeat, lambda tx: commands.place_order(tx, who.actor, wish))
    return await house.read(lambda conn: _order(conn, house, who, order_id))


@routes.post("/orders/{order_id}/cancel")
async def cancel_order(
    order_id: str, body: schemas.CancelRequest, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> schemas.Order:
    """Take an order back and free its bags, as long as nothing has left."""
    await house.read(lambda conn: _order(conn, house, who, order_id))
    await write(house, who, repeat, lambda tx: commands.cancel_order(tx, who.actor, order_id, body.reason))
    return await house.read(lambda conn: _order(conn, house, who, order_id))


@shipments.get("/shipments")
async def list_shipments(
    who: StaffOrHospital,
    house: HouseOf,
    hospital: HospitalFilter = None,
    state: ShipmentState | None = None,
) -> schemas.ShipmentList:
    """Shipments, newest first."""
    mine = own_hospital(who, hospital)

    def look(conn: Connection) -> list[schemas.Shipment]:
        return shipment_views(house, conn, outbound.list_shipments(conn, hospital=mine, state=state))

    return schemas.ShipmentList(items=await house.read(look))


@shipments.get("/shipments/{shipment_id}")
async def get_shipment(shipment_id: str, who: StaffOrHospital, house: HouseOf) -> schemas.Shipment:
    """One shipment and its bags."""
    return await house.read(lambda conn: _shipment(house, conn, who, shipment_id))


@shipments.post("/shipments/{shipment_id}/receive")
async def receive_shipment(
    shipment_id: str, body: schemas.ReceiveRequest, who: HospitalPerson, house: HouseOf, repeat: RepeatOf
) -> schemas.ReceivedShipment:
    """The hospital scanned the bags out of the box; what it did not scan stays open."""
    await house.read(lambda conn: _shipment(house, conn, who, shipment_id))

    def receive(tx: Tx) -> object:
        found = receipt.receive(
            tx, who.actor, shipment_id, body.bags, temperature_ok=body.temperature_ok, visual_ok=body.visual_ok
        )
        return [schemas.ReceiptFinding.model_validate(one).model_dump(mode="json") for one in found]

    findings = await write(house, who, repeat, receive)
    shipment = await house.read(lambda conn: _shipment(house, conn, who, shipment_id))
    return schemas.ReceivedShipment.model_validate({**shipment.model_dump(), "findings": findings})


def _order(conn: Connection, house: House, who: Visitor, order_id: str) -> schemas.Order:
    order = orders.one_order(conn, house.warehouse.plant, order_id)
    if who.hospital is not None and order.hospital != who.hospital:  # as if it did not exist: ids tell nothing
        raise NotFound("order_unknown", f"There is no order {order_id}")
    return schemas.Order.model_validate(order)


def _shipment(house: House, conn: Connection, who: Visitor, shipment_id: str) -> schemas.Shipment:
    shipment = outbound.one_shipment(conn, shipment_id)
    if who.hospital is not None and shipment.hospital != who.hospital:
        raise NotFound("shipment_unknown", f"There is no shipment {shipment_id}")
    return shipment_views(house, conn, [shipment])[0]
