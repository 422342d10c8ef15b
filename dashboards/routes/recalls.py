"""Recalls: preview, open, tell, answer, outcomes, close; and the notices of a hospital."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection

from dashboards.auth import Floor, FloorOrHospital, HospitalPerson, Quality, RoleMissing, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import recalls as schemas
from wms.people import signatures
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.recall import cases, notices, outcomes, read
from wms.recall.scope import Scope
from wms.recall.settings import recall_settings
from wms.recall.views import RecallPatient, RecallReach, RecallSummary
from wms.store.tx import Tx

routes = router("recalls")


@routes.get("/recalls/reasons")
async def list_recall_reasons(who: Staff) -> schemas.RecallReasons:
    """The site's reasons for a recall, each with its source."""
    del who
    settings = recall_settings()
    return schemas.RecallReasons(
        items=[schemas.RecallReason.model_validate(reason) for reason in settings.reasons],
        acknowledge_within_min=settings.acknowledge_within_min.value,
        acknowledge_source=settings.acknowledge_within_min.source,
    )


@routes.get("/recalls")
async def list_recalls(
    who: Staff, house: HouseOf, state: Literal["open", "closed", "all"] = "open"
) -> schemas.RecallList:
    """Cases, newest first."""
    found = await house.read(lambda conn: read.list_cases(conn, state=None if state == "all" else state))
    return schemas.RecallList(items=[schemas.RecallSummary.model_validate(_line(one, who)) for one in found])


@routes.post("/recalls/preview")
async def preview_recall(body: schemas.RecallPreviewRequest, who: Quality, house: HouseOf) -> schemas.RecallReach:
    """What opening this recall would freeze, and whom it would tell; nothing is changed."""
    plant, scope = house.warehouse.plant, _scope(body)
    found = await house.read(lambda conn: read.preview(conn, plant, scope, body.reason_code, body.of_the_donor))
    return schemas.RecallReach.model_validate(_reach(found, who))


@routes.post("/recalls", status_code=201)
async def open_recall(body: schemas.RecallRequest, who: Quality, house: HouseOf, repeat: RepeatOf) -> schemas.Recall:
    """Open a recall: every bag that belongs to it is frozen, and every holder is told, in one transaction."""
    scope = _scope(body)

    def act(tx: Tx) -> str:
        return cases.open_case(tx, who.actor, scope, body.reason_code, body.comment, of_the_donor=body.of_the_donor)

    return await _one(house, who, await write(house, who, repeat, act))


@routes.get("/recalls/{recall_id}")
async def get_recall(recall_id: str, who: Staff, house: HouseOf) -> schemas.Recall:
    """One case with its bags as they are now, its notices and the patients."""
    return await _one(house, who, recall_id)


@routes.post("/recalls/{recall_id}/notices/{notice_id}/acknowledge", status_code=204)
async def acknowledge_recall_notice(
    recall_id: str, notice_id: str, body: schemas.RecallAnswer, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> None:
    """A holder has read its notice; a hospital answers its own, the centre its own and for its vehicles."""

    def act(tx: Tx) -> None:
        notices.acknowledge(tx, who.actor, recall_id, notice_id, body.answer, hospital=who.hospital)

    await write(house, who, repeat, act)


@routes.post("/recalls/{recall_id}/outcomes")
async def set_recall_outcomes(
    recall_id: str, body: schemas.RecallOutcomeRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.Recall:
    """What became of bags; to release them from the recall two people sign `recall.release` over this body."""
    if body.outcome is not outcomes.Outcome.QUARANTINED and Role.QUALITY not in who.roles:
        raise RoleMissing("Outcomes of a recall are decided by quality; others may set bags aside")

    def act(tx: Tx) -> None:
        signed: tuple[signatures.Signed, ...] = ()
        if body.outcome is outcomes.Outcome.RELEASED:
            signed = signatures.use(
                tx, body.signatures, act="recall.release", subject=recall_id, content=_content(body)
            )
        outcomes.set_outcome(tx, who.actor, recall_id, body.bags, body.outcome, body.comment, signed)

    async with refused_is_recorded(house, who, f"recall.{body.outcome.value}", recall_id):
        await write(house, who, repeat, act)
    return await _one(house, who, recall_id)


@routes.post("/recalls/{recall_id}/close")
async def close_recall(
    recall_id: str, body: schemas.RecallCloseRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.Recall:
    """Close a case in which every bag has an outcome; 409 names those without."""

    def act(tx: Tx) -> None:
        content = _content(body)
        signed = signatures.use(tx, body.signatures, act="recall.close", subject=recall_id, content=content)
        cases.close_case(tx, who.actor, recall_id, body.comment, signed)

    async with refused_is_recorded(house, who, "recall.close", recall_id):
        await write(house, who, repeat, act)
    return await _one(house, who, recall_id)


@routes.get("/recall-notices")
async def list_recall_notices(who: HospitalPerson, house: HouseOf) -> schemas.HospitalRecallNotices:
    """What this hospital was told of recalls, what waits for its answer first."""
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    hospital = who.hospital or ""
    found = await house.read(lambda conn: read.hospital_notices(conn, plant, hospital, now))
    return schemas.HospitalRecallNotices(
        items=[
            schemas.HospitalRecallNotice.model_validate(
                {
                    "id": told.notice.id,
                    "recall": told.notice.recall,
                    "state": told.state,
                    "reason_code": told.reason_code,
                    "reason_en": told.reason_en,
                    "reason_zh": told.reason_zh,
                    "sent_at": told.notice.sent_at,
                    "overdue": told.notice.overdue,
                    "acknowledged_at": told.notice.acknowledged_at,
                    "acknowledged_by": told.notice.acknowledged_by,
                    "answer": told.notice.answer,
                    "bags": told.bags,
                    "patients": told.patients,
                }
            )
            for told in found
        ]
    )


def _scope(body: schemas.RecallPreviewRequest) -> Scope:
    return Scope(**body.by.model_dump())


def _content(body: schemas.RecallOutcomeRequest | schemas.RecallCloseRequest) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude={"signatures"})


async def _one(house: House, who: Visitor, case: str) -> schemas.Recall:
    plant, now = house.warehouse.plant, house.warehouse.clock.now()

    def look(conn: Connection) -> schemas.Recall:
        found = read.one_case(conn, plant, case, now)
        return schemas.Recall.model_validate(
            {
                **_line(found.summary, who),
                **_reach(found.reach, who),
                "counts": found.summary.counts,
                "notices": found.notices,
            }
        )

    return await house.read(look)


def _line(one: RecallSummary, who: Visitor) -> dict[str, Any]:
    """A case as this visitor may see it: the donor's pseudonym is for quality only."""
    by = {name: getattr(one.by, name) for name in Scope.__struct_fields__}
    if Role.QUALITY not in who.roles:
        by["donor"] = None
    fields = {name: getattr(one, name) for name in one.__slots__}
    return {**fields, "by": by}


def _reach(found: RecallReach, who: Visitor) -> dict[str, Any]:
    fields = {name: getattr(found, name) for name in found.__slots__}
    return {**fields, "patients": [_patient(one, who) for one in found.patients]}


def _patient(one: RecallPatient, who: Visitor) -> dict[str, Any]:
    """The patient's pseudonym is for quality, and for the hospital on its own page."""
    pseudonym = one.patient if Role.QUALITY in who.roles else None
    return {"hospital": one.hospital, "bag": one.bag, "patient": pseudonym, "status": one.status}
