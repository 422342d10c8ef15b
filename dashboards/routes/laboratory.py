"""The laboratory: results by message and by file, donations and their verdicts, the profile's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated

from fastapi import Query

from dashboards.auth import Laboratory, StaffOrLaboratory
from dashboards.context import HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import laboratory as schemas
from dashboards.schemas.bags import Reason
from wms.laboratory import files, read, results, typing
from wms.laboratory.profile import required_tests
from wms.laboratory.read import TestsState
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.release.release import RefusedRelease
from wms.store.tx import Tx

routes = router("laboratory")
_RAW_RESULTS = frozenset({Role.QUALITY, Role.LABORATORY})


@routes.post("/laboratory/results")
async def report_results(
    body: schemas.LaboratoryRequest, who: Laboratory, house: HouseOf, repeat: RepeatOf
) -> schemas.LaboratoryOutcome:
    """Report results of one run; bags whose gates all pass are released by it, a first reaction holds the donation."""
    din = house.warehouse.plant.identifiers.parse_din_scan(body.din)
    raw = [results.RawResult(**one.model_dump()) for one in body.results]

    def take(tx: Tx) -> object:
        taken = results.take_results(tx, who.actor, din, body.run, raw)
        return schemas.LaboratoryOutcome(
            din=taken.din, tests=taken.tests.value, released=list(taken.released), refused=_refusals(taken.refused)
        ).model_dump(mode="json")

    return schemas.LaboratoryOutcome.model_validate(await write(house, who, repeat, take))


@routes.post("/laboratory/typings")
async def report_typing(
    body: schemas.TypingRequest, who: Laboratory, house: HouseOf, repeat: RepeatOf
) -> schemas.TypingOutcome:
    """Report antigens of one donation; every bag of it carries what all its typings say alike."""
    din = house.warehouse.plant.identifiers.parse_din_scan(body.din)

    def take(tx: Tx) -> object:
        taken = typing.take_typing(tx, who.actor, din, body.run, body.codes, body.at)
        return schemas.TypingOutcome(
            din=taken.din,
            antigens=taken.antigens,
            hla=taken.hla,
            attributes=list(taken.attributes),
            contradictions=list(taken.contradictions),
            bags=list(taken.bags),
        ).model_dump(mode="json")

    return schemas.TypingOutcome.model_validate(await write(house, who, repeat, take))


@routes.post("/laboratory/files", status_code=201)
async def take_laboratory_file(
    body: schemas.LaboratoryFileRequest, who: Laboratory, house: HouseOf, repeat: RepeatOf
) -> schemas.LaboratoryFileOutcome:
    """Take in a CSV file of results, all or nothing; the same file again changes nothing."""
    plant = house.warehouse.plant
    required, identifiers = required_tests(plant.profile), plant.identifiers
    lines = await asyncio.to_thread(files.parse_file, required, identifiers, body.text)

    def take(tx: Tx) -> object:
        taken = files.take_file(tx, who.actor, body.name, body.text, lines)
        return schemas.LaboratoryFileOutcome(
            sha256=taken.sha256,
            rows=taken.rows,
            donations=taken.donations,
            already=taken.already,
            released=list(taken.released),
            refused=_refusals(taken.refused),
        ).model_dump(mode="json")

    return schemas.LaboratoryFileOutcome.model_validate(await write(house, who, repeat, take))


@routes.get("/laboratory/donations")
async def list_tested_donations(
    who: StaffOrLaboratory,
    house: HouseOf,
    state: Annotated[str, Query(pattern="^(pending|repeat|ready|not_negative|all)$")] = "pending",
    q: Annotated[str | None, Query(max_length=120)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.DonationTestsList:
    """Donations in one state, highest number first, without raw results; `q` is the beginning of a donation number.

    Ready ones are listed while a bag of theirs still waits in quarantine.
    """
    del who
    wanted, plant = None if state == "all" else TestsState(state), house.warehouse.plant
    found = await house.read(lambda conn: read.list_donations(conn, plant, state=wanted, q=q, limit=limit))
    items = [_donation(one, with_results=False) for one in found.items]
    return schemas.DonationTestsList(items=items, total=found.total)


@routes.get("/laboratory/donations/{din}")
async def get_tested_donation(din: str, who: StaffOrLaboratory, house: HouseOf) -> schemas.DonationTests:
    """One donation; raw results for quality and the laboratory only."""
    plant = house.warehouse.plant
    number = plant.identifiers.parse_din_scan(din)
    found = await house.read(lambda conn: read.one_donation(conn, plant, number))
    return _donation(found, with_results=_sees_results(who))


@routes.get("/laboratory/tests")
async def get_laboratory_tests(who: StaffOrLaboratory, house: HouseOf) -> schemas.LaboratoryTests:
    """The required tests of the site's profile, every number with its source."""
    del who
    required = required_tests(house.warehouse.plant.profile)
    return schemas.LaboratoryTests(
        profile=required.profile,
        version=required.version,
        items=[schemas.LaboratoryTest.model_validate(test) for test in required.test],
    )


def _refusals(refused: Iterable[RefusedRelease]) -> list[schemas.BagRefusal]:
    return [
        schemas.BagRefusal(bag=one.bag, reasons=[Reason.model_validate(reason) for reason in one.reasons])
        for one in refused
    ]


def _donation(found: read.DonationTests, *, with_results: bool) -> schemas.DonationTests:
    shown = schemas.DonationTests.model_validate(found)
    return shown if with_results else shown.model_copy(update={"results": []})


def _sees_results(who: Visitor) -> bool:
    return not _RAW_RESULTS.isdisjoint(who.roles)
