"""A person on the floor of a centre in one process: carries bags and boxes about, and scans at the HTTP API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from blood.isbt128 import parse_bag_id
from hemovault.whole.centre import WholeCentre
from simulators import boxes
from simulators.boxes import LoggerState
from simulators.floor import Bag
from simulators.people.deliveries import hand_over
from simulators.physics.box import Conditioning

PATIENCE = timedelta(hours=2)
_ONE = "SELECT id, status, place, label_check FROM bag WHERE id = ?"


def codes(bag: str) -> dict[str, str]:
    """Both codes of a bag's label, as the scanner reads them."""
    one = parse_bag_id(bag)
    return {"din_scan": f"={one.din}00", "product_scan": f"=<{one.product}"}


@dataclass(slots=True)
class Hands:
    """The operator: what is done to things is done in the world, what is scanned goes to the warehouse."""

    centre: WholeCentre
    _scans: Any = field(default_factory=count)

    # ---- things ----------------------------------------------------------------------------------------------------

    def carry(self, bag: str, place: str) -> None:
        self.centre.world.floor.put(self._bag(bag), place)

    def close_box(self, box: str, place: str) -> None:
        """Coolant in, logger on, lid shut, and onto ``place``."""
        real = self.centre.world.state.boxes[box]
        boxes.close(self.centre.plant, real, self.centre.world.floor.at(real.inside), Conditioning.FOR_HEAT)
        real.logger, real.place = LoggerState.RUNNING, place

    def push_box(self, box: str, place: str) -> None:
        self.centre.world.state.boxes[box].place = place

    def give_box(self, box: str, shipment: str, hospital: str) -> None:
        """Into the hands of the hospital, at its door."""
        world = self.centre.world
        real = world.state.boxes[box]
        bags = [bag.id for bag in world.floor.at(real.inside)]
        hand_over(world.scene, world.state.people, shipment, hospital, box, bags)
        boxes.open_up(real, self.centre.plant.hospital_by_id[hospital].place)

    # ---- scans -----------------------------------------------------------------------------------------------------

    async def scan(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Scan, and be told what came of it."""
        answer: dict[str, Any] = await self.centre.people["operator"].post(path, body, f"by-hand-{next(self._scans)}")
        return answer

    async def ask(self, path: str) -> Any:
        return await self.centre.people["operator"].get(path)

    async def done(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A scan that must be accepted."""
        answer = await self.scan(path, body)
        assert answer["accepted"], answer
        return answer

    async def refused(self, path: str, body: dict[str, Any], code: str) -> None:
        """A scan that must be refused by this name, with a sentence in both languages, and change no bag and no box."""
        before = self.books()
        answer = await self.scan(path, body)
        assert (answer["accepted"], answer["code"]) == (False, code), answer
        assert answer["detail_en"]
        assert answer["detail_zh"]
        assert self.books() == before

    # ---- waiting ---------------------------------------------------------------------------------------------------

    async def until(self, what: str, holds: Callable[[], bool], at_most: timedelta = PATIENCE) -> None:
        """Let the centre live until something holds."""
        end = self.centre.clock.now() + at_most
        while not holds():
            assert self.centre.clock.now() < end, f"not within {at_most}: {what}"
            await self.centre.step(self.centre.plan.step_s)

    async def minutes(self, minutes: float) -> None:
        await self.centre.run(self.centre.clock.now() + timedelta(minutes=minutes))

    async def until_bag(
        self, bag: str, *, status: str | None = None, place: str | None = None, at_most: timedelta = PATIENCE
    ) -> None:
        """Wait until the warehouse says so of a bag."""

        def holds() -> bool:
            row = next(iter(self.rows(_ONE, bag)), None)
            return row is not None and status in {None, row["status"]} and place in {None, row["place"]}

        await self.until(f"{bag} {status or ''} {place or ''}; now {self.rows(_ONE, bag)}", holds, at_most)

    # ---- books -----------------------------------------------------------------------------------------------------

    def bag(self, bag: str) -> dict[str, Any]:
        return self.rows(_ONE, bag)[0]

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self.centre.warehouse.read() as conn:
            return [dict(row) for row in conn.exec_driver_sql(query, values).mappings()]

    async def order(self, bag: str, hospital: str = "city-first") -> str:
        """The hospital orders one bag of this kind."""
        known = self._bag(bag)
        due: datetime = self.centre.clock.now() + timedelta(hours=8)
        line = {"component": known.component, "group": known.group, "quantity": 1, "unit": "bag"}
        body = {
            "hospital": hospital,
            "kind": "stock",
            "priority": 1,
            "due_at": due.isoformat(),
            "lines": [{**line, "substitution": False, "min_days_left": 0}],
        }
        made = await self.centre.people["hospital"].post("/orders", body, f"by-hand-{next(self._scans)}")
        return str(made["id"])

    async def ordered(self) -> str:
        """The bag that an order has just got."""
        query = "SELECT id FROM bag WHERE status = 'RESERVED'"
        await self.until(
            "a bag is reserved and its shipment gathers", lambda: bool(self.rows(query) and self.shipment())
        )
        return str(self.rows(query)[0]["id"])

    def shipment(self) -> str | None:
        found = self.rows("SELECT id FROM shipment")
        return str(found[0]["id"]) if found else None

    def _bag(self, bag: str) -> Bag:
        return self.centre.world.floor.bags[bag]

    def books(self) -> object:
        """Every bag and every box, as the warehouse has them."""
        return (
            self.rows("SELECT id, status, place, label_check, order_line, version FROM bag ORDER BY id"),
            self.rows("SELECT * FROM box ORDER BY id"),
        )
