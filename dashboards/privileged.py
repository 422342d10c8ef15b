"""A refused privileged act is a ledger entry of its own: the act itself was rolled back and left no trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from dashboards.context import House
from wms.errors import Refused, Unavailable
from wms.people.sessions import Visitor


@asynccontextmanager
async def refused_is_recorded(house: House, who: Visitor, act: str, subject: str) -> AsyncIterator[None]:
    """Record who was refused which act and why, then raise on; what is refused stays so if that cannot be recorded."""
    try:
        yield
    except Refused as refusal:
        data = {"act": act, "code": refusal.code}
        with suppress(Unavailable):
            await house.warehouse.writer.write(
                lambda tx: tx.record("act.refused", actor=who.actor, subject=subject, data=data)
            )
        raise
