"""The ledger, for those who answer for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query

from dashboards.auth import allow
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import ledger as schemas
from dashboards.views import entry_view
from wms.ledger import read as ledger
from wms.ledger.verify import verify
from wms.passports.sealing import faults
from wms.people.roles import Role
from wms.people.sessions import Visitor

routes = router("ledger")
Auditor = Annotated[Visitor, Depends(allow(Role.QUALITY, Role.ENGINEER, Role.ADMINISTRATOR))]


@routes.get("/ledger")
async def list_ledger(
    who: Auditor,
    house: HouseOf,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> schemas.LedgerPage:
    """Entries above a number, oldest first; donors are left out of what is shown."""
    del who
    found = await house.read(lambda conn: ledger.entries(conn, after=after, limit=limit))
    return schemas.LedgerPage(items=[entry_view(entry) for entry in found])


@routes.get("/ledger/verify")
async def verify_ledger(who: Auditor, house: HouseOf) -> schemas.LedgerVerdict:
    """Walk the whole chain, compare it with the signed head, and every sealed passport with its entry."""
    del who
    warehouse = house.warehouse
    key = warehouse.head_file.with_name("ledger-key.pub")
    verdict = await asyncio.to_thread(verify, warehouse.database, warehouse.plant.site.id, warehouse.head_file, key)
    if verdict.ok:
        broken = await house.read(lambda conn: next(iter(faults(conn, limit=1)), None))
        verdict = verdict if broken is None else replace(verdict, fault=broken.detail)
    return schemas.LedgerVerdict.model_validate(verdict)
