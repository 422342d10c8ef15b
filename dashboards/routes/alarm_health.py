"""The alarm health board."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from dashboards.auth import Staff
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import alarm_health as schemas
from dashboards.schemas.alarms import AlarmFlood
from dashboards.schemas.base import GivenInstant
from dashboards.schemas.suspensions import Suspension
from wms.alarms.health_read import board

routes = router("alarms")
_USUAL: Final = timedelta(days=30)
"""What the standards look at."""


@routes.get("/alarm-health")
async def get_alarm_health(
    who: Staff, house: HouseOf, from_at: GivenInstant | None = None, to_at: GivenInstant | None = None
) -> schemas.AlarmHealth:
    """How the alarm system did in a period (the last 30 days unless told) against EEMUA 191 and ISA-18.2."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    end = to_at or now
    begin = from_at or end - _USUAL

    def look(conn: Connection) -> schemas.AlarmHealth:
        found = board(conn, plant, begin, end, now)
        measured = found.measured
        return schemas.AlarmHealth(
            at=now,
            from_at=found.from_at,
            to_at=found.to_at,
            enough_data=found.enough_data,
            calls=measured.calls,
            periods_10min=list(measured.periods),
            per_minute=schemas.AlarmRate.model_validate(measured.per_minute),
            per_10min=schemas.AlarmRate.model_validate(measured.per_10min),
            per_hour=schemas.AlarmRate.model_validate(measured.per_hour),
            per_day=schemas.AlarmRate.model_validate(measured.per_day),
            above_rate_share=measured.above_rate_share,
            flood_share=measured.flood_share,
            floods=[AlarmFlood.model_validate(one) for one in measured.floods],
            chattering=[schemas.OftenAlarm.model_validate(one) for one in found.chattering],
            fleeting=[schemas.OftenAlarm.model_validate(one) for one in found.fleeting],
            top_ten=[schemas.OftenAlarm.model_validate(one) for one in found.top_ten],
            top_share=measured.top_share,
            priority_split=[schemas.UrgencyShare.model_validate(one) for one in measured.split],
            stale=[schemas.AsideAlarm.model_validate(one) for one in found.stale],
            shelved=[schemas.AsideAlarm.model_validate(one) for one in found.shelved],
            suppressed=[schemas.AsideAlarm.model_validate(one) for one in found.suppressed],
            out_of_service=[schemas.AsideAlarm.model_validate(one) for one in found.out_of_service],
            suspended=[Suspension.model_validate(one) for one in found.suspended],
            unclosed=found.unclosed,
            reasons=[schemas.ReasonCount.model_validate(one) for one in found.reasons],
            targets=[schemas.HealthTarget.model_validate(one) for one in found.targets],
        )

    return await house.read(look)
