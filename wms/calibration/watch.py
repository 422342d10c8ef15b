"""Alarms on certificates, read at each tick: due soon, overdue, and probes that have none."""

from __future__ import annotations

from typing import Final

from telemetry.calibration import CalibrationState
from wms.alarms import conditions
from wms.alarms.watch import Standing, follow
from wms.calibration.read import Calibration, in_force
from wms.store.tx import Tx

EVERY_S: Final = 300.0
"""Days matter here, not seconds; a certificate that was just recorded should end its alarm before anybody wonders."""
_CONDITIONS: Final = {
    CalibrationState.DUE: conditions.CALIBRATION_DUE,
    CalibrationState.OVERDUE: conditions.CALIBRATION_OVERDUE,
}


def tick(tx: Tx) -> None:
    """Tell the book which probes' certificates are due or overdue, and of how many there is none."""
    now = in_force(tx.conn, tx.plant, tx.now)
    places = {probe.id: probe.covers[0] for probe in tx.plant.probes}
    for state, condition in _CONDITIONS.items():
        follow(tx, condition, [_standing(one, places[one.probe]) for one in now if one.state is state])
    without = sum(one.state is CalibrationState.NONE for one in now)
    missing = [Standing(tx.plant.site.id, without, None, without)] if without else []
    follow(tx, conditions.CALIBRATION_MISSING, missing)


def _standing(one: Calibration, place: str) -> Standing:
    """The value of the alarm is how many days are left, or have passed since."""
    return Standing(one.probe, abs(one.days_left or 0), place, 1)
