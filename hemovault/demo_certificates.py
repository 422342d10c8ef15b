"""Certificates of a demo's probes: as if each had been calibrated within the last half year, none near its due date."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from wms.calibration.commands import NewCertificate, record_certificate
from wms.store.tx import Actor, Tx

ACTOR: Final = Actor("service:opening", "hemovault demo")
LABORATORY: Final = "Demo Metrology"
UNCERTAINTY_C: Final = 0.1
HOLDS: Final = timedelta(days=365)
_FIRST_DAYS_AGO: Final = 10
_SPREAD: Final = 170
"""Made 10 to 179 days ago: at least half a year is left, more than any demo lasts."""
_STEP: Final = 37  # coprime to the spread, so that neighbours were not all calibrated on one day


def record_demo_certificates(tx: Tx) -> int:
    """Record a valid certificate for every probe of the plant, in its order; returns how many.

    The offsets are nothing: a simulated probe says what it measures. Run once, on a fresh site.
    """
    today = tx.now.astimezone(ZoneInfo(tx.plant.site.timezone)).date()
    for number, probe in enumerate(tx.plant.probes):
        made = today - timedelta(days=_FIRST_DAYS_AGO + number * _STEP % _SPREAD)
        name = f"DM-{made:%y%m}-{number + 1:04d}"
        record_certificate(
            tx, ACTOR, NewCertificate(probe.id, name, LABORATORY, made, made + HOLDS, 0.0, UNCERTAINTY_C)
        )
    return len(tx.plant.probes)
