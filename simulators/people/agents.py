"""Agents: collection team, laboratory, hospitals and neighbours report to the warehouse what the world's people did.

They invent nothing: what they say comes from the world, and the world learns from them what the warehouse has taken.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Final

from runtime.logs import get_logger
from simulators.people import bedside, laboratory, stock_reports
from simulators.people.api_client import Account, ApiClient, RefusedByWarehouse, read_accounts
from simulators.people.day import Bedside, Donation, Fitness, Need, Note, Parcel, Return, keep, receive, send_back
from simulators.world import World

log = get_logger(__name__)

_LOOK_S: Final = 0.25
_ASK_AGAIN_S: Final = 5.0
"""Real seconds before a refused act that has to happen is tried again (the warehouse may not know the bag yet)."""
_DRAW_MIN_PER_ML: Final = 0.021  # design: 400 mL in 8.4 min
_SESSION: Final = timedelta(minutes=70)  # design: one apheresis session
_SAMPLE_FLAGS: Final = ("07", "09")  # a test tube and a NAT tube (domain.md 3.3)
AGENT_ROLES: Final = frozenset({"collection", "laboratory", "hospital", "neighbour"})
"""Roles of accounts that an agent works for."""
_DUE: Final = timedelta(hours=4)
_NOT_SERVED: Final = frozenset({404, 405})


async def run_agents(world: World, api_url: str, accounts_file: Path) -> None:
    """Let every agent of the accounts file work until cancelled."""
    accounts = await read_accounts(accounts_file)
    async with asyncio.TaskGroup() as group:
        for name, account in accounts.items():
            if account.role in AGENT_ROLES:
                group.create_task(Agent(world, ApiClient(api_url, name, account), account).run())


class Answer(Enum):
    """What became of an act; PUT_OFF: refused a moment ago, not asked now; NOT_SERVED: here is no such act."""

    TAKEN = "taken"
    REFUSED = "refused"
    PUT_OFF = "put off"
    NOT_SERVED = "not served"


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
            case "neighbour":
                await self._tell_neighbours_stock()
            case _:
                await self._serve_hospital()

    async def _post(self, path: str, body: dict[str, Any], key: str) -> Answer:
        """Ask the warehouse to take an act; one that it refused a moment ago is not asked again yet."""
        return await self._ask(self.client.post, path, body, key)

    async def _put(self, path: str, body: dict[str, Any], key: str) -> Answer:
        """The same for what is told anew as often as it changes."""
        return await self._ask(self.client.put, path, body, key)

    async def _ask(
        self, act: Callable[[str, dict[str, Any], str], Awaitable[Any]], path: str, body: dict[str, Any], key: str
    ) -> Answer:
        if self._put_off.get(key, -math.inf) > self._monotonic():
            return Answer.PUT_OFF
        try:
            await act(path, body, key)
        except RefusedByWarehouse as refusal:
            log.warning("the warehouse refused", act=key, reason=str(refusal))
            self._put_off[key] = self._monotonic() + _ASK_AGAIN_S
            return Answer.NOT_SERVED if refusal.status in _NOT_SERVED else Answer.REFUSED
        self._put_off.pop(key, None)
        return Answer.TAKEN

    async def _collect(self) -> None:
        people = self.world.state.people
        for donation in list(people.unreported.values()):
            answer = await self._post("/collections", collection_body(donation), f"collection-{donation.din}")
            if answer is Answer.TAKEN:
                people.unreported.pop(donation.din, None)
        for note in list(people.unannounced.values()):
            if people.unreported.keys() & {din for din, _ in note.items}:
                continue
            if await self._post("/consignments", note_body(note), note.id) in {Answer.TAKEN, Answer.NOT_SERVED}:
                people.unannounced.pop(note.id, None)

    async def _test(self) -> None:
        people, seed = self.world.state.people, self.world.state.seed
        for donation in list(people.untested.values()):
            due = donation.results_due
            if due is None or due > self.world.state.now or donation.din in people.unreported:
                continue
            if await self._report(seed, donation, due):
                people.untested.pop(donation.din, None)

    async def _report(self, seed: int, donation: Donation, due: datetime) -> bool:
        """Report the first run, or the repeats that it asked for; returns whether nothing more is to come."""
        if donation.repeats_due is None:
            body = laboratory.first_run(seed, donation, due)
            if await self._post("/laboratory/results", body, f"results-{donation.din}") is not Answer.TAKEN:
                return False
            typing = laboratory.typing_run(seed, donation, due)
            if typing is not None:
                answer = await self._post("/laboratory/typings", typing, f"typing-{donation.din}")
                if answer is not Answer.TAKEN:
                    return False
            if laboratory.first_reaction(seed, donation) is None:
                return True
            donation.repeats_due = laboratory.repeats_due(seed, self.world.pace, donation, due)
        if donation.repeats_due > self.world.state.now:
            return False
        for body in laboratory.repeat_runs(seed, donation, donation.repeats_due):
            if await self._post("/laboratory/results", body, f"results-{body['run']}") is not Answer.TAKEN:
                return False
        return True

    async def _serve_hospital(self) -> None:
        people, hospital = self.world.state.people, self.account.hospital
        for need in [need for need in people.unordered.values() if need.hospital == hospital]:
            await self._order(need)
        for shipment, delivery in [(s, d) for s, d in people.delivered.items() if d.hospital == hospital]:
            for box, parcel in list(delivery.parcels.items()):
                await self._receive(shipment, box, parcel)
        for back in [back for back in people.returns.values() if back.hospital == hospital]:
            if back.at <= self.world.state.now:
                await self._return(back)
        if hospital is not None:
            await self._papers(hospital)
            await self._tell_stock("/hospital-stock", hospital)

    async def _tell_neighbours_stock(self) -> None:
        for neighbour in self.world.scene.plant.neighbours:
            if neighbour.account == self.client.username:
                await self._tell_stock("/site-stock", neighbour.id)

    async def _tell_stock(self, path: str, holder: str) -> None:
        scene, state = self.world.scene, self.world.state
        if not stock_reports.is_due(state.people, holder, state.now):
            return
        if path == "/site-stock":
            body = stock_reports.neighbour_body(scene.plant, state.seed, holder, state.now)
        else:
            body = stock_reports.hospital_body(scene, state.people, holder)
        answer = await self._post(path, body, f"stock-{holder}-{stock_reports.quarter(state.now)}")
        if answer in {Answer.TAKEN, Answer.NOT_SERVED}:
            state.people.stock_told[holder] = state.now

    async def _papers(self, hospital: str) -> None:
        """Tell of patients, crossmatches, issues and fates, as far as they are due."""
        scene, people = self.world.scene, self.world.state.people
        bedside.take_up(scene, people, hospital)
        for one in bedside.papers_of(people, hospital):
            if bedside.waits_to_expire(scene, people, one):
                await self._look_up_expiry(one)
            while (paper := bedside.next_paper(scene, people, one)) is not None:
                answer = await self._tell(one, paper)
                if answer is Answer.TAKEN:
                    bedside.told(scene, people, one, paper)
                    continue
                if answer is Answer.NOT_SERVED and paper is bedside.Paper.PATIENT:
                    bedside.not_served(one)
                elif answer is not Answer.PUT_OFF:
                    bedside.refused(scene, people, one)
                break

    async def _look_up_expiry(self, one: Bedside) -> None:
        try:
            answer = await self.client.get(f"/custody/{one.bag}")
        except RefusedByWarehouse as refusal:
            log.debug("a bag's expiry cannot be looked up", bag=one.bag, reason=str(refusal))
            bedside.not_served(one)
            return
        bedside.lies_until(self.world.state.people, one, datetime.fromisoformat(answer["expires_at"]))

    async def _tell(self, one: Bedside, paper: bedside.Paper) -> Answer:
        scene = self.world.scene
        key = f"{paper.value}-{one.bag}-{one.refusals}"
        match paper:
            case bedside.Paper.PATIENT:
                return await self._put(f"/patients/{one.patient}", bedside.patient_body(scene, one), key)
            case bedside.Paper.CROSSMATCH:
                return await self._post("/crossmatches", bedside.crossmatch_body(self.world.state.people, one), key)
            case bedside.Paper.ISSUE:
                return await self._post(f"/bags/{one.bag}/issue", bedside.issue_body(scene, one), key)
            case bedside.Paper.FATE:
                return await self._post(f"/bags/{one.bag}/fate", bedside.fate_body(scene, one), key)

    async def _return(self, back: Return) -> None:
        answer = await self._post("/returns", return_body(back), f"return-{back.bag}")
        if answer is Answer.TAKEN:
            send_back(self.world.scene, self.world.state.people, self.world.state.passages, back.bag)
        elif answer is Answer.NOT_SERVED:
            keep(self.world.scene, self.world.state.people, back.bag)

    async def _order(self, need: Need) -> None:
        now = self.world.state.now
        key = f"order-{self.world.state.seed}-{need.number}-{need.at.isoformat()}-{need.refused}"
        if await self._post("/orders", order_body(need), key) is Answer.TAKEN:
            self.world.state.people.unordered.pop(need.number, None)
        elif need.due_at is not None and need.due_at <= now:  # the warehouse was away: wanted still, but later
            need.due_at, need.refused = now + _DUE, need.refused + 1

    async def _receive(self, shipment: str, box: str, parcel: Parcel) -> None:
        body = {"bags": parcel.bags, "temperature_ok": parcel.fitness is Fitness.IN_RANGE, "visual_ok": True}
        key = f"receive-{shipment}-{box}" if box else f"receive-{shipment}"
        answer = await self._post(f"/shipments/{shipment}/receive", body, key)
        if answer is Answer.TAKEN or await self._is_receipted(shipment):
            share = self.world.pace.returned_share
            hours = self.world.pace.used_after_h
            receive(self.world.scene, self.world.state.people, shipment, box, returned_share=share, used_after_h=hours)

    async def _is_receipted(self, shipment: str) -> bool:
        """True when somebody else of the hospital has receipted it."""
        try:
            answer = await self.client.get(f"/shipments?hospital={self.account.hospital}&state=received")
        except RefusedByWarehouse as refusal:
            log.debug("shipments cannot be listed", reason=str(refusal))
            return False
        return any(entry.get("id") == shipment for entry in answer.get("items", ()))


def collection_body(donation: Donation) -> dict[str, Any]:
    """POST /collections of one donation, scanned twice from its label, its sample tubes once each."""
    scan = f"={donation.din}00"
    takes = _SESSION if donation.product else timedelta(minutes=donation.volume_ml * _DRAW_MIN_PER_ML)
    return {
        "din_scan": scan,
        "din_scan_again": scan,
        "donor": donation.donor,
        "volume_ml": round(donation.volume_ml),
        "target_ml": round(donation.volume_ml),
        "anticoagulant": "ACD-A" if donation.product else "CPDA-1",
        "started_at": _iso(donation.collected_at - takes),
        "ended_at": _iso(donation.collected_at),
        "sealed_at": _iso(donation.collected_at),
        "samples": [f"={donation.din}{flags}" for flags in _SAMPLE_FLAGS],
        "device": "apheresis-1" if donation.product else "mixer-1",
        "device_serial": "SN-2207-014" if donation.product else "SN-1904-311",
        "operator": "collection-team",
        "donation_type": "allogeneic",
    } | ({"product": donation.product} if donation.product else {})


def note_body(note: Note) -> dict[str, Any]:
    """POST /consignments of one despatch note."""
    items = [{"din": din, "product": product} for din, product in note.items]
    return {"id": note.id, "origin": "mobile", "sent_at": _iso(note.sent_at), "items": items}


def return_body(back: Return) -> dict[str, Any]:
    """POST /returns of one bag: not needed any more, with what its record says."""
    fit = back.fitness is Fitness.IN_RANGE
    return {
        "shipment": back.shipment or None,
        "hospital": back.hospital,
        "bags": [back.bag],
        "reason": "not needed" if fit else "not needed; out of its store for too long",
        "temperature_ok": fit,
        "visual_ok": True,
    }


def order_body(need: Need) -> dict[str, Any]:
    """POST /orders of one need."""
    return {
        "hospital": need.hospital,
        "kind": need.kind,
        "priority": need.priority,
        "due_at": _iso(need.due_at or need.at + _DUE),
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


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
