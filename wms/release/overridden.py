"""Gates that two people passed by: what each said then, why, and who they were; it stays with the bag for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from wms.store.driver import Driver
from wms.store.metadata import from_us


@dataclass(frozen=True, slots=True)
class Override:
    """A gate that people passed by: what it said then, why, and who."""

    gate: str
    detail_en: str
    detail_zh: str
    reason: str
    people: tuple[str, ...]
    at: datetime


def overrides_of(raw: Driver, bag: str) -> tuple[Override, ...]:
    """What people passed by for a bag, oldest first."""
    rows = raw.execute(
        "SELECT gate, detail_en, detail_zh, reason, people, at_us FROM release_override WHERE bag = ? "
        "ORDER BY at_us, gate",
        (bag,),
    ).fetchall()
    return tuple(
        Override(gate, en, zh, reason, msgspec.json.decode(people, type=tuple[str, ...]), from_us(at))
        for gate, en, zh, reason, people, at in rows
    )
