"""The tamper-evident ledger."""

from __future__ import annotations

from typing import Any

from dashboards.schemas.base import Instant, View


class LedgerEntry(View):
    """One sealed entry; ``data`` depends on ``kind``."""

    seq: int
    at: Instant
    at_real: Instant
    actor: str
    station: str
    kind: str
    subject: str
    data: dict[str, Any]
    hash: str


class LedgerPage(View):
    """Entries after a sequence number, in order."""

    items: list[LedgerEntry]


class LedgerVerdict(View):
    """Whether the chain holds from the first entry to the head."""

    ok: bool
    entries: int
    head: str
    fault: str | None
