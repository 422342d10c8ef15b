"""What the tests of the way out look at."""

from __future__ import annotations

from wms.alarms.book import News, tell
from wms.alarms.conditions import TEMPERATURE_HIGH
from wms.alarms.machine import Condition
from wms.outbound.read import list_shipments
from wms.outbound.receipt import receive
from wms.store.tx import Actor

NURSE = Actor("east-lake-bank", "hospital")


def shipments(store):
    with store.read() as conn:
        return list_shipments(conn)


def alarms(store, condition: str) -> list[tuple[str, str]]:
    found = store.all("SELECT source, state FROM alarm WHERE condition = :name ORDER BY source", name=condition)
    return [tuple(row) for row in found]


def kinds(store, bag: str) -> list[str]:
    return [row.kind for row in store.all("SELECT kind FROM ledger WHERE bag = :bag ORDER BY seq", bag=bag)]


async def logger_says(store, box: str, *, outside: bool) -> None:
    """Telemetry has confirmed that a box is outside its range, or is in it again."""
    place, probe = f"box/{box}", f"{box}-logger"
    (store.warm.add if outside else store.warm.discard)(place)
    state = Condition.ACTIVE if outside else Condition.INACTIVE
    await store.write(
        lambda tx: tell(tx, News(source=probe, condition=TEMPERATURE_HIGH, state=state, at=tx.now, place=place))
    )


async def ordered(store, quantity: int = 1, **wish: object) -> str:
    order = await store.order(quantity, **wish)
    await store.planner.plan_once()
    return order


async def sign_for(store, shipment: str, bags: list[str], *, temperature_ok: bool = True, visual_ok: bool = True):
    return await store.write(
        lambda tx: receive(tx, NURSE, shipment, bags, temperature_ok=temperature_ok, visual_ok=visual_ok)
    )
