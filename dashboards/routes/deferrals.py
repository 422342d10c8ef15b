"""Joint deferral: lists of other centres in, may this donor give, donations held for a donor check. Pseudonyms only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from dashboards.auth import CollectorOrQuality, Quality
from dashboards.context import House, HouseOf, Repeat, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import deferrals as schemas
from wms.donors import checks, lists, read
from wms.donors.information import take_information
from wms.donors.rules import donor_rules
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.store.tx import Tx

routes = router("deferrals")


@routes.post("/deferrals/lists", status_code=201)
async def take_deferral_list(
    body: schemas.DeferralListRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.DeferralListTaken:
    """Take in a CSV list of another centre and hold the donations that it speaks against; all or nothing, and once."""
    entries = await asyncio.to_thread(lists.parse_list, body.text, house.warehouse.plant.site.timezone)
    return await _take(house, who, repeat, body.centre, entries)


@routes.post("/deferrals", status_code=201)
async def take_deferrals(
    body: schemas.DeferralEntriesRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.DeferralListTaken:
    """The same from another centre's system: entries instead of a CSV text."""
    entries = [
        lists.DeferralEntry(entry.donor, entry.entry, entry.since, entry.until, entry.code) for entry in body.entries
    ]
    return await _take(house, who, repeat, body.centre, entries)


@routes.get("/deferrals/lists")
async def list_deferral_lists(who: Quality, house: HouseOf) -> schemas.DeferralLists:
    """Lists that were taken in, newest first."""
    del who
    found = await house.read(read.list_lists)
    return schemas.DeferralLists(items=[schemas.DeferralList.model_validate(one) for one in found])


@routes.post("/deferrals/check")
async def check_donor(body: schemas.DonorQuestion, who: CollectorOrQuality, house: HouseOf) -> schemas.DonorAnswer:
    """May this donor give blood? The collection team hears yes or no and until when; why, only quality."""
    plant, at = house.warehouse.plant, body.at or house.warehouse.clock.now()
    found = await house.read(lambda conn: read.may_donate(conn, plant, body.donor, at, body.kind))
    code = next(iter(found.reason_codes), None) if Role.QUALITY in who.roles else None
    return schemas.DonorAnswer(may_donate=found.may_donate, reason_code=code, until=found.until)


@routes.get("/deferrals/held")
async def list_held_donations(
    who: Quality, house: HouseOf, state: Literal["open", "all"] = "open"
) -> schemas.HeldDonations:
    """Donations that wait for quality's decision, newest first; `all` adds those that are decided."""
    del who
    found = await house.read(lambda conn: read.held_donations(conn, everything=state == "all"))
    return schemas.HeldDonations(items=[schemas.HeldDonation.model_validate(one) for one in found])


@routes.post("/deferrals/held/{din}/decide")
async def decide_held_donation(
    din: str, body: schemas.DonorDecision, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.HeldDonation:
    """Quality lets a held donation go on, or condemns all its bags."""
    number = house.warehouse.plant.identifiers.parse_din_scan(din)

    def decide(tx: Tx) -> None:
        checks.decide(tx, who.actor, number, body.verdict, body.comment)

    await write(house, who, repeat, decide)
    return schemas.HeldDonation.model_validate(await house.read(lambda conn: read.held_donation(conn, number)))


@routes.get("/donors/information-kinds")
async def list_information_kinds(who: Quality, house: HouseOf) -> schemas.InformationKinds:
    """Kinds of information after a donation, as the site's profile has them."""
    del who
    rules = donor_rules(house.warehouse.plant.profile).information
    return schemas.InformationKinds(items=[schemas.InformationKind.model_validate(rule) for rule in rules])


@routes.post("/donors/{donor}/information", status_code=201)
async def take_donor_information(
    donor: str, body: schemas.InformationRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.InformationTaken:
    """Keep what a donor told after a donation and hold the donations that it throws doubt on."""

    def take(tx: Tx) -> object:
        number, held = take_information(tx, who.actor, donor, body.at, body.kind, body.detail)
        return {"id": number, "held": held}

    return schemas.InformationTaken.model_validate(await write(house, who, repeat, take))


async def _take(
    house: House, who: Visitor, repeat: Repeat, centre: str, entries: Sequence[lists.DeferralEntry]
) -> schemas.DeferralListTaken:
    def take(tx: Tx) -> object:
        taken = lists.take_list(tx, who.actor, centre, entries)
        return {"id": taken.id, "rows": taken.rows, "held": len(taken.held)}

    return schemas.DeferralListTaken.model_validate(await write(house, who, repeat, take))
