"""Agents: the collection team, the laboratory and the hospitals report to the warehouse what the world's people did.

They invent nothing: what they say comes from the world, and the world learns from them what the warehouse has taken.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from blood.components import Limits
from runtime.logs import get_logger
from simulators.api_client import Account, ApiClient, RefusedByWarehouse, read_accounts
from simulators.chance import draw
from simulators.people import Donation, Need, receive
from simulators.world import World

log = get_logger(__name__)

_LOOK_S: Final = 0.25
_ASK_AGAIN_S: Final = 5.0
"""Real seconds before a refused act that has to happen is tried again (the warehouse may not know the bag yet)."""
_MARKERS: Final = ("hbsag", "anti_hcv", "hiv", "syphilis", "nat")
_GROUP_METHODS: Final = ("forward-microplate", "reverse-microplate")  # two concordant results (domain.md 5.3)
AGENT_ROLES: Final = frozenset({"collection", "laboratory", "hospital"})
"""Roles of accounts that an agent works for."""
_DUE: Final = timedelta(hours=4)


async def run_agents(world: World, api_url: str, accounts_file: Path) -> None:
    """Let every agent of the accounts file work until cancelled."""
    accounts = await read_accounts(accounts_file)
    async with asyncio.TaskGroup() as group:
        for name, account in accounts.items():
            if account.role in AGENT_ROLES:
                group.create_task(Agent(world, ApiClient(api_url, name, account), account).run())


class Agent:
    """One signed-in agent; an act that was refused and has to happen is put off, the others go on.

    ``monotonic`` gives real seconds.
    """

    def __init__(
        self, world: World, client: ApiClient, account: Account, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.world = world
        self.client = client
        self.account = account
        self._monotonic = monotonic
        self._put_off: dict[str, float] = {}

    async def run(self) -> None:
        """Do what is due, look again, until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(_LOOK_S)
        finally:
            await self.client.close()

    async def look(self) -> None:
        """Do what is due now."""
        match self.account.role:
            case "collection":
                await self._collect()
            case "laboratory":
                await self._test()
            case _:
                await self._serve_hospital()

    async def _post(self, path: str, body: dict[str, Any], key: str) -> bool:
        """True when the warehouse has it; False when it was refused just now or a moment ago."""
        if self._put_off.get(key, -math.inf) > self._monotonic():
            return False
        try:
            await self.client.post(path, body, key)
        except RefusedByWarehouse as refusal:
            log.warning("the warehouse refused", act=key, reason=str(refusal))
            self._put_off[key] = self._monotonic() + _ASK_AGAIN_S
            return False
        self._put_off.pop(key, None)
        return True

    async def _collect(self) -> None:
        people = self.world.state.people
        for donation in list(people.unreported.values()):
            if await self._post("/collections", collection_body(donation), f"collection-{donation.din}"):
                people.unreported.pop(donation.din, None)

    async def _test(self) -> None:
        people, seed = self.world.state.people, self.world.state.seed
        for donation in list(people.untested.values()):
            due = donation.results_due
            if due is None or due > self.world.state.now or donation.din in people.unreported:
                continue
            if await self._post("/laboratory/results", results_body(seed, donation, due), f"results-{donation.din}"):
                people.untested.pop(donation.din, None)

    async def _serve_hospital(self) -> None:
        people, hospital = self.world.state.people, self.account.hospital
        for need in [need for need in people.unordered.values() if need.hospital == hospital]:
            key = f"order-{self.world.state.seed}-{need.number}-{need.at.isoformat()}"
            if await self._post("/orders", order_body(need), key):
                people.unordered.pop(need.number, None)
        for shipment, delivery in [(s, d) for s, d in people.delivered.items() if d.hospital == hospital]:
            good = _in_range(self.world, delivery.bags)
            body = {"bags": delivery.bags, "temperature_ok": good, "visual_ok": True}
            path = f"/shipments/{shipment}/receive"
            if await self._post(path, body, f"receive-{shipment}") or await self._is_receipted(shipment):
                receive(self.world.scene, people, shipment)

    async def _is_receipted(self, shipment: str) -> bool:
        """True when somebody else of the hospital has receipted it."""
        try:
            answer = await self.client.get(f"/shipments?hospital={self.account.hospital}&state=received")
        except RefusedByWarehouse as refusal:
            log.debug("shipments cannot be listed", reason=str(refusal))
            return False
        return any(entry.get("id") == shipment for entry in answer.get("items", ()))


def collection_body(donation: Donation) -> dict[str, Any]:
    """POST /collections of one donation, scanned twice from its label."""
    scan = f"={donation.din}00"
    return {
        "din_scan": scan,
        "din_scan_again": scan,
        "donor": donation.donor,
        "volume_ml": round(donation.volume_ml),
        "anticoagulant": "CPDA-1",
        "collected_at": _iso(donation.collected_at),
        "device": "mixer-1",
        "operator": "collection-team",
        "donation_type": "allogeneic",
    }


def results_body(seed: int, donation: Donation, at: datetime) -> dict[str, Any]:
    """POST /laboratory/results: every required test of one donation, truthfully."""
    chance = draw(seed, "results", donation.din)
    when = _iso(at)
    results = [
        {
            "test": marker,
            "value": "reactive" if donation.reactive == marker else "negative",
            "method": method,
            "at": when,
        }
        for marker in _MARKERS
        for method in ["nat-mp6" if marker == "nat" else "clia"]
    ]
    alt = chance.uniform(60.0, 120.0) if donation.reactive == "alt" else chance.uniform(8.0, 45.0)
    results.append({"test": "alt", "value": f"{alt:.1f}", "method": "rate", "at": when})
    results += [{"test": "abo_rhd", "value": donation.group, "method": method, "at": when} for method in _GROUP_METHODS]
    return {"din": donation.din, "run": f"run-{donation.din}", "results": results}


def order_body(need: Need) -> dict[str, Any]:
    """POST /orders of one need."""
    return {
        "hospital": need.hospital,
        "kind": "stock",
        "priority": 3,
        "due_at": _iso(need.at + _DUE),
        "lines": [
            {
                "component": component,
                "group": group,
                "quantity": bags,
                "unit": "bag",
                "substitution": True,
                "min_days_left": 0,
            }
            for component, group, bags in need.lines
        ],
    }


def _in_range(world: World, bags: list[str]) -> bool:
    """What the hospital's thermometer says at the box."""
    return all(_limits(world, name).contains(round(world.floor.bags[name].core_c, 1)) for name in bags)


def _limits(world: World, name: str) -> Limits:
    return world.plant.components[world.floor.bags[name].component].transport


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
