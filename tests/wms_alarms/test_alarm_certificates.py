"""How long a certificate file lasts becomes an alarm, on a real database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hemovault.services import certificates
from hemovault.services.certificates import CertificateFile, Certificates
from wms.alarms.tables import alarm


@pytest.mark.parametrize(
    ("days", "known"), [(31.0, None), (29.0, ("active", 3)), (6.0, ("active", 2)), (-1.0, ("active", 2))]
)
async def test_a_certificate_is_told_of_a_month_and_a_week_before_it_ends(store, monkeypatch, days, known) -> None:
    ends = store.clock.real_now() + timedelta(days=days)
    monkeypatch.setattr(certificates, "read_certificate", lambda path: CertificateFile(path, ends))
    await Certificates(store, [Path("broker.pem")], 30).look()
    with store.read() as conn:
        row = conn.execute(select(alarm).where(alarm.c.source == "broker.pem")).one_or_none()
    assert (None if row is None else (row.known, row.priority)) == known


async def test_a_new_certificate_ends_the_alarm_and_one_that_cannot_be_read_raises_it(store, monkeypatch) -> None:
    ends = [None, store.clock.real_now() + timedelta(days=300)]
    monkeypatch.setattr(certificates, "read_certificate", lambda path: CertificateFile(path, ends.pop(0)))
    watch = Certificates(store, [Path("broker.pem")], 30)
    told = []
    for _ in range(2):
        await watch.look()
        with store.read() as conn:
            told.append(conn.execute(select(alarm.c.known)).scalar_one())
    assert told == ["active", "inactive"]
