"""What is known of the probes' certificates: for screens, for the watch, and for telemetry's corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, select

from plant.model import Plant
from telemetry.calibration import Calibrations, CalibrationState, Certificate
from wms.calibration.tables import calibration
from wms.store.metadata import from_us, to_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A certificate and how its probe stands with it; everything but ``probe`` and ``state`` is None without one."""

    probe: str
    state: CalibrationState
    id: str | None = None
    certificate: str | None = None
    laboratory: str | None = None
    made_on: date | None = None
    due_on: date | None = None
    days_left: int | None = None
    offset_c: float | None = None
    uncertainty_c: float | None = None
    is_in_force: bool = False
    recorded_by: str | None = None
    recorded_at: datetime | None = None


def calibrations_of(conn: Connection) -> Calibrations:
    """All certificates as telemetry uses them (`Ingest.use`)."""
    return _known(_rows(conn))


def in_force(conn: Connection, plant: Plant, now: datetime) -> list[Calibration]:
    """One entry for each probe of the plant, in the plant's order: the certificate that holds now, or none."""
    rows = _rows(conn)
    known, now_ms = _known(rows), _ms(now)
    answer = []
    for probe in plant.probes:
        row = _holding(rows, known.at(probe.id, now_ms))
        state = known.state(probe.id, now_ms)
        answer.append(Calibration(probe=probe.id, state=state) if row is None else _view(row, state, now, is_held=True))
    return answer


def of_probe(conn: Connection, probe: str, now: datetime) -> list[Calibration]:
    """Every certificate of one probe that was ever recorded, newest first."""
    rows = [row for row in _rows(conn) if row["probe"] == probe]
    known, now_ms = _known(rows), _ms(now)
    held, state = _holding(rows, known.at(probe, now_ms)), known.state(probe, now_ms)
    return [_view(row, _state(row, now) if row is not held else state, now, is_held=row is held) for row in rows[::-1]]


def _rows(conn: Connection) -> list[RowMapping]:
    return list(conn.execute(select(calibration).order_by(calibration.c.number)).mappings())


def _known(rows: Iterable[RowMapping]) -> Calibrations:
    return Calibrations(_certificate(row) for row in rows)


def _certificate(row: RowMapping) -> Certificate:
    return Certificate(row["probe"], row["from_us"] // 1000, row["due_us"] // 1000, row["offset_c"])


def _holding(rows: list[RowMapping], certificate: Certificate | None) -> RowMapping | None:
    """The row that a certificate was made of: the last recorded one that says the same."""
    return next((row for row in reversed(rows) if _certificate(row) == certificate), None)


def _state(row: RowMapping, now: datetime) -> CalibrationState:
    """How the probe would stand if this certificate were its only one."""
    return Calibrations([_certificate(row)]).state(row["probe"], _ms(now))


def _view(row: RowMapping, state: CalibrationState, now: datetime, *, is_held: bool) -> Calibration:
    return Calibration(
        probe=row["probe"],
        state=state,
        id=row["id"],
        certificate=row["certificate"],
        laboratory=row["laboratory"],
        made_on=date.fromisoformat(row["made_on"]),
        due_on=date.fromisoformat(row["due_on"]),
        days_left=(from_us(row["due_us"]) - now).days,
        offset_c=row["offset_c"],
        uncertainty_c=row["uncertainty_c"],
        is_in_force=is_held,
        recorded_by=row["recorded_by"],
        recorded_at=from_us(row["recorded_us"]),
    )


def _ms(now: datetime) -> int:
    return to_us(now) // 1000
