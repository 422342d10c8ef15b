"""Certificates of this site's connections, before they end: files that the settings name are read once an hour."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.x509 import load_pem_x509_certificates

from wms.alarms import conditions
from wms.alarms.book import tell
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.store.tx import Tx
from wms.warehouse import Warehouse

EVERY_S: Final = 3600.0
_URGENT_DAYS: Final = 7
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """A file of one or more PEM certificates; ``ends_at`` is when the first of them ends, None: it cannot be read."""

    path: Path
    ends_at: datetime | None


def read_certificate(path: Path) -> CertificateFile:
    """When a file's certificates end; a file that is gone, empty or no certificate says so by None."""
    try:
        found = load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return CertificateFile(path, None)
    return CertificateFile(path, min(certificate.not_valid_after_utc for certificate in found))


class Certificates:
    """Watches the certificate files of a site; real time counts, as it does for whoever checks a certificate."""

    def __init__(self, warehouse: Warehouse, files: Sequence[Path], warn_days: int) -> None:
        self._warehouse = warehouse
        self._files = files
        self._warn_days = warn_days

    async def run(self) -> None:
        """Look at once and then every hour, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Read every file and tell the alarm book how long each lasts."""
        found = await asyncio.to_thread(lambda: [read_certificate(path) for path in self._files])
        real_now = self._warehouse.clock.real_now()

        def tell_all(tx: Tx) -> None:
            for one in found:
                _tell(tx, one, real_now, self._warn_days)

        await self._warehouse.write(tell_all)


def _tell(tx: Tx, file: CertificateFile, real_now: datetime, warn_days: int) -> None:
    left = None if file.ends_at is None else (file.ends_at - real_now).total_seconds() / _DAY_S
    is_near = left is None or left <= warn_days
    news = News(
        source=file.path.name,
        condition=conditions.CERTIFICATE_EXPIRING,
        state=Condition.ACTIVE if is_near else Condition.INACTIVE,
        at=tx.now,
        level=int(left is None or left <= _URGENT_DAYS),
        value=None if left is None else round(left, 1),
        limit=float(warn_days),
    )
    tell(tx, news)
