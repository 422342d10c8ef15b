"""Recording a certificate. It holds from the day it was made on, for readings that are taken in from now on."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from runtime.ids import new_id
from wms.calibration.tables import calibration
from wms.errors import Conflict, Invalid, NotFound
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

MOST_OFFSET_C: Final = 2.0
"""A probe that is further off is broken: it is replaced, not corrected (design)."""
MOST_UNCERTAINTY_C: Final = 1.0
"""An uncertainty above this cannot tell 6 from 7 Celsius (design)."""
LONGEST: Final = timedelta(days=5 * 366)
"""No laboratory vouches for a probe longer than that; a longer time is a typing error (design)."""
_TEXT: Final = 80


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """What a certificate says. Days are those of the site; ``offset_c`` is reference minus reading, in Celsius."""

    probe: str
    certificate: str
    laboratory: str
    made_on: date
    due_on: date
    offset_c: float
    uncertainty_c: float


def record_certificate(tx: Tx, actor: Actor, new: NewCertificate) -> str:
    """Record a certificate and return its id.

    Raises NotFound for an unknown probe, Conflict when this certificate of the probe is recorded already, Invalid for
    anything that cannot be true; nothing is changed then.
    """
    _check(tx, new)
    known = select(calibration.c.id).where(
        calibration.c.probe == new.probe, calibration.c.certificate == new.certificate
    )
    if tx.conn.execute(known).first() is not None:
        raise Conflict("calibration.known", f"Certificate {new.certificate} of {new.probe} is recorded already")
    zone, name = ZoneInfo(tx.plant.site.timezone), new_id("cal")
    days = {"made_on": new.made_on.isoformat(), "due_on": new.due_on.isoformat()}
    values = {
        **asdict(new),
        **days,
        "from_us": to_us(midnight(new.made_on, zone)),
        "due_us": to_us(midnight(new.due_on + timedelta(days=1), zone)),
    }
    tx.conn.execute(insert(calibration).values(id=name, recorded_us=to_us(tx.now), recorded_by=actor.id, **values))
    tx.record("calibration.recorded", actor=actor, subject=new.probe, data={"id": name, **asdict(new), **days})
    tx.notify("calibration", new.probe)
    return name


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day of the site, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _check(tx: Tx, new: NewCertificate) -> None:
    if all(probe.id != new.probe for probe in tx.plant.probes):
        raise NotFound("probe.unknown", f"There is no probe {new.probe}")
    for field, text in (("certificate", new.certificate), ("laboratory", new.laboratory)):
        if not 0 < len(text.strip()) <= _TEXT:
            raise Invalid(f"calibration.{field}", f"The {field} is named in 1 to {_TEXT} characters")
    today = tx.now.astimezone(ZoneInfo(tx.plant.site.timezone)).date()
    if new.made_on > today:
        raise Invalid("calibration.made_on", f"{new.made_on} has not come yet; today is {today}")
    if not new.made_on < new.due_on <= new.made_on + LONGEST:
        raise Invalid("calibration.due_on", f"It is due after the day it was made on, and within {LONGEST.days} days")
    if not (math.isfinite(new.offset_c) and abs(new.offset_c) <= MOST_OFFSET_C):
        raise Invalid("calibration.offset_c", f"A probe that is more than {MOST_OFFSET_C} °C off must be replaced")
    if not (math.isfinite(new.uncertainty_c) and 0 < new.uncertainty_c <= MOST_UNCERTAINTY_C):
        raise Invalid("calibration.uncertainty_c", f"An uncertainty is above 0 and at most {MOST_UNCERTAINTY_C} °C")
