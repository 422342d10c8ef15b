"""Donations with their components, pools, and where they went: what a recall has to find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from outbound_store import PLANT, T0

from wms.bags.commands import create_bag
from wms.recall import cases, read
from wms.recall.scope import Scope
from wms.recall.views import RecallCase
from wms.store.metadata import to_us
from wms.store.tx import Actor

CHEN = Actor("chen.jing", "desk-2")
WHOLE = PLANT.product_of("WB")
RED = PLANT.product_of("RBC_S")
PLASMA = PLANT.product_of("FFP")


@dataclass(frozen=True)
class Signed:
    """A signature as `wms.people` gives it."""

    id: str
    person: str


BOTH = (Signed("sig-1", "chen.jing"), Signed("sig-2", "wang.fang"))


class World:
    """A store with a history that tests make up as they need it."""

    def __init__(self, store) -> None:
        self.store = store
        self._numbers = iter(range(1, 100_000))

    async def bag(self, din: str, product: str, donor: str, parents=(), **fields: object) -> str:
        bag = f"{din}-{product}"
        component = PLANT.product_component[product].key
        shelf = "cold-1/s1" if component == "RBC_S" else "plasma-1/s1"
        place = str(fields.pop("place", f"{shelf}/{next(self._numbers) % 40 + 1:03d}"))
        at = fields.pop("at", T0)
        values = {
            "din": din, "product": product, "component": component, "abo_rhd": "O+", "status": "AVAILABLE",
            "volume_ml": 250.0, "collected_us": to_us(T0 - timedelta(days=3)),
            "expires_us": to_us(T0 + timedelta(days=20)), "donor": donor, "donation_type": "allogeneic",
            "custody": "centre", "tests": "negative", "process_check": "passed", "label_check": "passed", **fields,
        }  # fmt: skip
        await self.store.write(
            lambda tx: create_bag(
                tx, CHEN, bag, kind="bag.imported", place=place, at=at, fields=values, parents=parents
            )
        )
        return bag

    async def donation(self, din: str, donor: str = "d1", **fields: object) -> tuple[str, str, str]:
        """Whole blood that was separated into red cells and plasma."""
        whole = await self.bag(din, WHOLE, donor, status="CONSUMED")
        red = await self.bag(din, RED, donor, (whole,), **fields)
        plasma = await self.bag(din, PLASMA, donor, (whole,), **fields)
        return whole, red, plasma

    async def pool(self, din: str, *parents: str, **fields: object) -> str:
        return await self.bag(din, PLASMA, f"pool {din}", parents, **fields)

    async def set(self, bag: str, **columns: object) -> None:
        """Put a bag where a story needs it, past all commands."""
        assignments = ", ".join(f"{name} = ?" for name in columns)
        await self.store.write(
            lambda tx: tx.raw.execute(f"UPDATE bag SET {assignments} WHERE id = ?", (*columns.values(), bag))
        )

    async def open(self, reason: str = "bacterial", *, of_the_donor: bool | None = None, **scope: object) -> str:
        return await self.store.write(
            lambda tx: cases.open_case(tx, CHEN, Scope(**scope), reason, "reported by phone", of_the_donor=of_the_donor)
        )

    async def follow(self) -> None:
        await self.store.write(cases.follow_cases)

    def case(self, case: str) -> RecallCase:
        with self.store.read() as conn:
            return read.one_case(conn, PLANT, case, self.store.clock.now())

    def relations(self, case: str) -> dict[str, str]:
        return {bag.bag: bag.relation.value for bag in self.case(case).reach.bags}
