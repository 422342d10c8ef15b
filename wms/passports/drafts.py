"""Passports computed ahead of dispatch: outside the writer, kept until the bag leaves, renewed while it waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from plant.model import Plant
from wms.errors import Refused
from wms.ledger.chain import canonical
from wms.passports.compute import History, read_bags
from wms.passports.events import Triggered
from wms.passports.model import PassportVerdict
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import from_us, to_us

FRESH: Final = timedelta(minutes=10)
"""How old a passport may be when a bag is let out by it, in domain time."""
FRESH_REAL: Final = timedelta(seconds=15)
"""The same in real time, for a clock that runs fast: the later of the two counts."""
_RENEW: Final = timedelta(minutes=4)
_RENEW_REAL: Final = timedelta(seconds=4)
AT_ONCE: Final = 50
"""Bags of one round."""
_DUE: Final = (
    "SELECT bag.id FROM bag LEFT JOIN passport_draft AS draft ON draft.bag = bag.id "
    "WHERE bag.status = 'PACKED' AND (draft.bag IS NULL OR draft.fault IS NOT NULL "
    "OR (draft.computed_us < ? AND draft.computed_real_us < ?)) "
    "ORDER BY coalesce(draft.computed_us, 0), bag.id LIMIT ?"
)
_GONE: Final = (
    "DELETE FROM passport_draft WHERE bag NOT IN "
    "(SELECT id FROM bag WHERE status IN ('PICKED', 'PACKED', 'RESERVED')) AND computed_us < ?"
)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A passport that is ready to be sealed; ``fault`` says why there is none.

    ``triggered`` is what it asks people, told as it is computed and not kept with it.
    """

    bag: str
    computed_at: datetime
    computed_real: datetime
    verdict: PassportVerdict
    document: str
    fault: str | None = None
    triggered: tuple[Triggered, ...] = ()

    def is_fresh(self, now: datetime, real_now: datetime) -> bool:
        """True when a bag may be let out by it."""
        young = now - self.computed_at <= FRESH or real_now - self.computed_real <= FRESH_REAL
        return young and self.fault is None


def draft_due(
    conn: Connection,
    plant: Plant,
    history: History,
    now: datetime,
    real_now: Callable[[], datetime],
    limit: int = AT_ONCE,
) -> list[Draft]:
    """Compute the passports of bags that are packed and have none that is fresh; one that fails is told, not dropped.

    ``real_now`` is asked before the work begins. Reads only.
    """
    since = real_now()
    due = driver_of(conn).execute(_DUE, (to_us(now - _RENEW), to_us(since - _RENEW_REAL), limit)).fetchall()
    return [_draft(conn, plant, history, bag, now, since) for (bag,) in due]


def keep_drafts(raw: Driver, drafts: Sequence[Draft], now: datetime) -> None:
    """Store drafts, each in place of the bag's last one; those of bags that are not on their way out are dropped."""
    raw.execute(_GONE, (to_us(now - timedelta(hours=1)),))
    for one in drafts:
        raw.execute("DELETE FROM passport_draft WHERE bag = ?", (one.bag,))
        raw.execute(
            "INSERT INTO passport_draft (bag, computed_us, computed_real_us, verdict, document, fault) "
            "VALUES (?,?,?,?,?,?)",
            (one.bag, to_us(one.computed_at), to_us(one.computed_real), one.verdict.value, one.document, one.fault),
        )


def draft_of(raw: Driver, bag: str) -> Draft | None:
    """The draft of a bag; None while there is none."""
    query = "SELECT computed_us, computed_real_us, verdict, document, fault FROM passport_draft WHERE bag = ?"
    row = raw.execute(query, (bag,)).fetchone()
    if row is None:
        return None
    computed, real, verdict, document, fault = row
    return Draft(bag, from_us(computed), from_us(real), PassportVerdict(verdict), document, fault)


def drop_draft(raw: Driver, bag: str) -> None:
    """The bag has left: its draft is sealed."""
    raw.execute("DELETE FROM passport_draft WHERE bag = ?", (bag,))


def _draft(conn: Connection, plant: Plant, history: History, bag: str, now: datetime, real: datetime) -> Draft:
    try:
        reading = read_bags(conn, plant, history, [bag], now)[bag]
    except Refused as refusal:
        return Draft(bag, now, real, PassportVerdict.UNKNOWN, "", refusal.detail)
    except Exception as error:  # noqa: BLE001 - one record that cannot be read must not keep the others in the house
        _log.warning("passport_not_computed", bag=bag, reason=repr(error))
        return Draft(bag, now, real, PassportVerdict.UNKNOWN, "", f"{type(error).__name__}: {error}")
    passport = reading.passport
    return Draft(bag, now, real, passport.verdict, canonical(passport), triggered=reading.triggered)
