"""Agents: the collection team, the laboratory and the hospitals report to the warehouse what the world's people did.

They invent nothing: what they say comes from the world, and the world learns from them what the warehouse has taken.
"""

from __future__ import annotations

import asyncio
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
_DUE: Final = timedelta(hours=4)


async def run_agents(world: World, api_url: str, accounts_file: Path) -> None:
    """Let every agent of the accounts file work until cancelled."""
    accounts = await read_accounts(accounts_file)
    async with asyncio.TaskGroup() as group:
        for name, account in accounts.items():
            work = {"collection": _collection, "laboratory": _laboratory, "hospital": _hospital}.get(account.role)
            if work is not None:
                group.create_task(_work(work, world, ApiClient(api_url, name, account), account))


async def _work(work: Any, world: World, client: ApiClient, account: Account) -> None:
    try:
        while True:
            await work(world, client, account)
            await asyncio.sleep(_LOOK_S)
    finally:
        await client.close()


async def _collection(world: World, client: ApiClient, _account: Account) -> None:
    for donation in list(world.state.people.unreported.values()):
        try:
            await client.post("/collections", collection_body(donation), f"collection-{donation.din}")
        except RefusedByWarehouse as refusal:
            log.warning("a collection was refused", din=donation.din, reason=str(refusal))
            await asyncio.sleep(_ASK_AGAIN_S)
            continue
        world.state.people.unreported.pop(donation.din, None)


async def _laboratory(world: World, client: ApiClient, _account: Account) -> None:
    people, now = world.state.people, world.state.now
    due = [
        donation
        for donation in people.untested.values()
        if donation.results_due is not None and donation.results_due <= now and donation.din not in people.unreported
    ]
    for donation in due:
        body = results_body(world.state.seed, donation, donation.results_due or now)
        try:
            await client.post("/laboratory/results", body, f"results-{donation.din}")
        except RefusedByWarehouse as refusal:
            log.warning("results were refused", din=donation.din, reason=str(refusal))
            donation.results_due = world.state.now + timedelta(minutes=5)
            continue
        people.untested.pop(donation.din, None)


async def _hospital(world: World, client: ApiClient, account: Account) -> None:
    people = world.state.people
    for need in [need for need in people.unordered.values() if need.hospital == account.hospital]:
        try:
            await client.post(
                "/orders", order_body(need), f"order-{world.state.seed}-{need.number}-{need.at.isoformat()}"
            )
        except RefusedByWarehouse as refusal:
            log.warning("an order was refused", hospital=need.hospital, reason=str(refusal))
        people.unordered.pop(need.number, None)
    for shipment, delivery in [(s, d) for s, d in people.delivered.items() if d.hospital == account.hospital]:
        body = {"bags": delivery.bags, "temperature_ok": _in_range(world, delivery.bags), "visual_ok": True}
        try:
            await client.post(f"/shipments/{shipment}/receive", body, f"receive-{shipment}")
        except RefusedByWarehouse as refusal:
            log.warning("a receipt was refused", shipment=shipment, reason=str(refusal))
            await asyncio.sleep(_ASK_AGAIN_S)
            continue
        receive(world.scene, people, shipment)


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
