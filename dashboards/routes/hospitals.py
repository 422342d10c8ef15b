"""Hospitals: custody, patients by pseudonym, crossmatches, issues and fates. A hospital speaks for itself only."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy import Connection

from blood.antigens import RED_CELL_ANTIGENS
from blood.eligibility import BagStatus
from blood.hla import HPA_ANTIGENS
from blood.patients import Requirement
from dashboards.auth import HospitalPerson, QualityOrHospital, own_hospital
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import hospitals as schemas
from dashboards.schemas.bags import Reason
from wms.hospitals import crossmatch, crossmatching, fate, fate_report, issue, patients, read
from wms.hospitals.asking import IN_THE_HOSPITAL, reasons_now
from wms.hospitals.custody import NotYours
from wms.hospitals.rules import hospital_rules
from wms.people import signatures
from wms.people.sessions import Visitor
from wms.store.tx import Tx

routes = router("hospitals")
Filter = Annotated[str | None, Query(max_length=120)]
Limit = Annotated[int, Query(ge=1, le=500)]


@routes.get("/custody")
async def list_custody(
    who: QualityOrHospital,
    house: HouseOf,
    hospital: Filter = None,
    status: BagStatus | None = None,
    q: Filter = None,
    limit: Limit = 100,
) -> schemas.CustodyPage:
    """Bags in the hands of hospitals: without a status those that something is still to be done about."""
    mine, plant, now = own_hospital(who, hospital), house.warehouse.plant, house.warehouse.clock.now()
    wanted = None if status is None else status.value
    items, total = await house.read(
        lambda conn: read.list_custody(conn, plant, now, hospital=mine, status=wanted, q=q, limit=limit)
    )
    return schemas.CustodyPage(
        items=[_shown(who, schemas.CustodyBag.model_validate(bag)) for bag in items], total=total
    )


@routes.get("/custody/rules")
async def get_custody_rules(who: QualityOrHospital, house: HouseOf) -> schemas.HospitalRules:
    """Methods, fates, causes and times that the profile gives, each with its source."""
    del who
    rules = hospital_rules(house.warehouse.plant.profile)
    return schemas.HospitalRules(
        profile=rules.profile,
        presumed_after=schemas.SourcedHours.model_validate(rules.presumed_after),
        report_within=schemas.SourcedHours.model_validate(rules.report_within),
        crossmatch=[schemas.MethodRule.model_validate(one) for one in rules.crossmatch],
        fate=[schemas.FateRule.model_validate(one) for one in rules.fate],
        waste=[schemas.WasteCause.model_validate(one) for one in rules.waste],
        requirements=[one.value for one in Requirement],
        antigens=[*RED_CELL_ANTIGENS, *HPA_ANTIGENS],
    )


@routes.get("/custody/{bag_id}")
async def get_custody_bag(
    bag_id: str, who: HospitalPerson, house: HouseOf, patient: Filter = None
) -> schemas.CustodyDetail:
    """One bag of the hospital, and what may be done with it now for a patient, with every reason against it."""
    hospital = _hospital(who)
    return await house.read(lambda conn: _detail(house, conn, hospital, bag_id, patient))


@routes.get("/crossmatches")
async def list_crossmatches(
    who: HospitalPerson, house: HouseOf, bag: Filter = None, patient: Filter = None
) -> schemas.CrossmatchList:
    """Crossmatches of the hospital, newest first."""
    hospital, now = _hospital(who), house.warehouse.clock.now()
    found = await house.read(
        lambda conn: crossmatch.list_crossmatches(conn, now, hospital=hospital, bag=bag, patient=patient)
    )
    return schemas.CrossmatchList(items=[schemas.Crossmatch.model_validate(one) for one in found])


@routes.post("/crossmatches", status_code=201)
async def report_crossmatch(
    body: schemas.CrossmatchRequest, who: HospitalPerson, house: HouseOf, repeat: RepeatOf
) -> schemas.Crossmatch:
    """The laboratory's result for one bag and one patient; the same result again is the first one."""
    hospital = _hospital(who)
    report = crossmatching.CrossmatchReport(**body.model_dump())
    number = await write(
        house, who, repeat, lambda tx: crossmatching.record_crossmatch(tx, who.actor, hospital, report)
    )
    now = house.warehouse.clock.now()
    found = await house.read(lambda conn: crossmatch.list_crossmatches(conn, now, hospital=hospital, bag=report.bag))
    return schemas.Crossmatch.model_validate(next(one for one in found if one.id == number))


@routes.get("/patients")
async def list_patients(
    who: HospitalPerson, house: HouseOf, q: Filter = None, limit: Limit = 100
) -> schemas.PatientPage:
    """Patients that the hospital told of, by pseudonym."""
    hospital = _hospital(who)
    items, total = await house.read(lambda conn: patients.list_patients(conn, hospital, q=q, limit=limit))
    return schemas.PatientPage(items=[_patient(one) for one in items], total=total)


@routes.put("/patients/{pseudonym}")
async def put_patient(
    pseudonym: str, body: schemas.PatientRequest, who: HospitalPerson, house: HouseOf, repeat: RepeatOf
) -> schemas.Patient:
    """Tell what is known of a patient; a name or an identity number in place of a pseudonym is refused."""
    hospital = _hospital(who)
    facts = patients.PatientFacts(
        group=body.group,
        antibodies=tuple(body.antibodies),
        requirements=tuple(body.requirements),
        hla=body.hla,
        patient_class=body.patient_class,
        phenotype=body.phenotype,
    )
    name = await write(house, who, repeat, lambda tx: patients.put_patient(tx, who.actor, hospital, pseudonym, facts))
    return _patient(await house.read(lambda conn: patients.require_patient(conn, hospital, name)))


@routes.post("/bags/{bag_id}/issue")
async def issue_bag(
    bag_id: str, body: schemas.IssueRequest, who: HospitalPerson, house: HouseOf, repeat: RepeatOf
) -> schemas.CustodyBag:
    """Issue a bag to a patient; without a crossmatch only as an emergency, on the signatures of two people."""
    hospital = _hospital(who)
    kind = issue.IssueKind.EMERGENCY if body.emergency else issue.IssueKind.ROUTINE
    wish = issue.IssueWish(bag_id, body.patient, body.to, kind)

    def give(tx: Tx) -> str:
        signed = _signed(tx, body.signatures, issue.EMERGENCY_ACT, bag_id, body) if body.emergency else ()
        return issue.issue_bag(tx, who.actor, hospital, wish, signed)

    async with refused_is_recorded(house, who, issue.EMERGENCY_ACT if body.emergency else "bag.issue", bag_id):
        await write(house, who, repeat, give)
    return await _one(house, hospital, bag_id)


@routes.post("/bags/{bag_id}/fate")
async def report_fate(
    bag_id: str, body: schemas.FateRequest, who: HospitalPerson, house: HouseOf, repeat: RepeatOf
) -> schemas.FateAnswer:
    """What became of a bag; what contradicts the story, or comes late, is taken, named as a finding, and holds it."""
    hospital = _hospital(who)
    report = fate_report.FateReport(bag=bag_id, **body.model_dump(exclude={"signatures"}))

    def take(tx: Tx) -> dict[str, str]:
        signed = _signed(tx, body.signatures, fate_report.WASTE_ACT, bag_id, body) if body.signatures else ()
        outcome = fate.report_fate(tx, who.actor, hospital, report, signed)
        return {"standing": outcome.standing.value, "finding": outcome.finding}

    async with refused_is_recorded(house, who, "bag.fate", bag_id):
        outcome = await write(house, who, repeat, take)
    mine = await house.read(lambda conn: _if_still_here(house, conn, hospital, bag_id))
    return schemas.FateAnswer.model_validate({**outcome, "bag": mine})


def _hospital(who: Visitor) -> str:
    if who.hospital is None:
        raise NotYours("of a hospital", who.person)
    return who.hospital


def _signed(
    tx: Tx, ids: list[str], act: str, subject: str, body: schemas.IssueRequest | schemas.FateRequest
) -> tuple[signatures.Signed, ...]:
    content = body.model_dump(mode="json", exclude={"signatures"}, exclude_unset=True)
    return signatures.use(tx, ids, act=act, subject=subject, content=content)


def _shown(who: Visitor, bag: schemas.CustodyBag) -> schemas.CustodyBag:
    """Staff of the centre see bags, never whom they are for."""
    if who.hospital is not None:
        return bag
    return bag.model_copy(
        update={
            "intended_for": None,
            "crossmatches": [one.model_copy(update={"patient": None}) for one in bag.crossmatches],
            "issue": None if bag.issue is None else bag.issue.model_copy(update={"patient": None}),
            "fates": [one.model_copy(update={"patient": None}) for one in bag.fates],
        }
    )


def _detail(house: House, conn: Connection, hospital: str, bag: str, pseudonym: str | None) -> schemas.CustodyDetail:
    warehouse, now = house.warehouse, house.warehouse.clock.now()
    shown = schemas.CustodyBag.model_validate(read.one_in_custody(conn, warehouse.plant, now, hospital, bag))
    patient = None if pseudonym is None else patients.require_patient(conn, hospital, pseudonym)
    actions = []
    for act in IN_THE_HOSPITAL:
        reasons = reasons_now(conn, warehouse.plant, bag, act, patient, now, house.telemetry.live.excursion_at)
        listed = [Reason.model_validate(reason) for reason in reasons]
        actions.append(schemas.CustodyAction(act=act, allowed=not listed, reasons=listed))
    name = None if patient is None else patient.pseudonym
    return schemas.CustodyDetail(**dict(shown), patient=name, actions=actions)


def _patient(row: patients.PatientRow) -> schemas.Patient:
    facts = row.facts
    return schemas.Patient(
        pseudonym=row.pseudonym,
        hospital=row.hospital,
        group=facts.group,
        patient_class=facts.patient_class,
        phenotype=facts.phenotype,
        antibodies=list(facts.antibodies),
        requirements=list(facts.requirements),
        hla=facts.hla,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


async def _one(house: House, hospital: str, bag: str) -> schemas.CustodyBag:
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(lambda conn: read.one_in_custody(conn, plant, now, hospital, bag))
    return schemas.CustodyBag.model_validate(found)


def _if_still_here(house: House, conn: Connection, hospital: str, bag: str) -> schemas.CustodyBag | None:
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    if not read.is_in_custody(conn, hospital, bag):
        return None
    return schemas.CustodyBag.model_validate(read.one_in_custody(conn, plant, now, hospital, bag))
