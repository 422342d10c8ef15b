"""Labels as the screens show them, and the label of a bag to print (docs/interfaces.md 9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from plant.model import Plant
from wms.bags.projection import require
from wms.errors import Invalid
from wms.labelling.comparison import Mismatch
from wms.labelling.content import LabelContent, label_content
from wms.labelling.sentences import LabelWait, sentence
from wms.labelling.station import runs, station_of
from wms.labelling.work import SELECT, Label, LabelState, label_of
from wms.moves.model import DeviceState
from wms.recall.frozen import NOT_RECALLED
from wms.store.database import driver_of
from wms.store.metadata import from_us

_LIMIT: Final = 500
_SHOWN: Final = {
    "waiting": (LabelState.WAITING,),
    "at_station": (LabelState.AT_STATION,),
    "passed": (LabelState.PASSED,),
    "failed": (LabelState.FAILED, LabelState.GIVEN_UP),
}
_UNLABELLED: Final = (
    "SELECT id, place_since_us FROM bag WHERE status = 'QUARANTINE' AND label_check = 'pending' "  # noqa: S608 - a constant
    "AND tests = 'negative' AND abo_rhd IS NOT NULL AND process_check = 'passed' AND epc IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.bag = bag.id AND lifted_us IS NULL) "
    f"AND {NOT_RECALLED} "
    "AND NOT EXISTS (SELECT 1 FROM label WHERE label.bag = bag.id AND label.state IN ('waiting', 'at_station')) "
    "ORDER BY expires_us, id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class LabelView:
    """The label of one bag: ``state`` is `waiting at_station passed failed`; failed with mismatches, or given up."""

    bag: str
    state: str
    mismatches: tuple[Mismatch, ...]
    tid: str | None
    at: datetime
    waits_en: str | None
    waits_zh: str | None


def labels(
    conn: Connection,
    plant: Plant,
    now: datetime,
    *,
    device_state: Callable[[str], DeviceState] | None = None,
    state: str | None = None,
    limit: int = _LIMIT,
) -> tuple[LabelView, ...]:
    """Labels in one state, or all for None, newest first; `waiting` begins with bags that nobody labels yet.

    ``device_state`` is telemetry's; without it nothing is said of the station. Raises Invalid for a state that is none.
    """
    if state is not None and state not in _SHOWN:
        raise Invalid("state", f"A label is {', '.join(_SHOWN)}; not {state}")
    raw = driver_of(conn)
    wanted = [one.value for name, states in _SHOWN.items() if state in {None, name} for one in states]
    marks = ",".join("?" * len(wanted))
    rows = raw.execute(f"{SELECT} WHERE state IN ({marks}) ORDER BY created_us DESC, id LIMIT ?", (*wanted, limit))
    listed = tuple(_view(conn, plant, label_of(row), now) for row in rows.fetchall())
    if state not in {None, "waiting"}:
        return listed
    why = sentence(_before_the_station(plant, device_state))
    unlabelled = raw.execute(_UNLABELLED, (limit,)).fetchall()
    return (*(LabelView(bag, "waiting", (), None, from_us(since), *why) for bag, since in unlabelled), *listed)


def _before_the_station(plant: Plant, device_state: Callable[[str], DeviceState] | None) -> LabelWait:
    station = station_of(plant)
    if station is None:
        return LabelWait.NO_STATION
    return LabelWait.READY if device_state is None or runs(device_state, station) else LabelWait.STATION_DOWN


def label_to_print(conn: Connection, plant: Plant, bag: str) -> LabelContent:
    """What the label of a bag says, for ZPL or PDF; raises NotFound, LabelRefused when it cannot say everything."""
    return label_content(plant, require(driver_of(conn), bag))


def _view(conn: Connection, plant: Plant, label: Label, now: datetime) -> LabelView:
    wait = _wait(conn, plant, label, now)
    english, chinese = (None, None) if wait is None else sentence(wait, label.detail)
    return LabelView(
        bag=label.bag,
        state=next(name for name, states in _SHOWN.items() if label.state in states),
        mismatches=tuple(Mismatch(*one) for one in json.loads(label.mismatches)),
        tid=label.tid,
        at=label.ended_at or label.created_at,
        waits_en=english,
        waits_zh=chinese,
    )


def _wait(conn: Connection, plant: Plant, label: Label, now: datetime) -> LabelWait | None:
    fixed = {
        LabelState.AT_STATION: LabelWait.PRINTING,
        LabelState.FAILED: LabelWait.MISMATCH,
        LabelState.GIVEN_UP: LabelWait.GIVEN_UP,
    }
    if label.state is not LabelState.WAITING:
        return fixed.get(label.state)
    station = station_of(plant)
    if station is None or require(driver_of(conn), label.bag)["place"] != station.place:
        return LabelWait.ON_ITS_WAY
    return LabelWait.RETRY if label.not_before > now else LabelWait.TURN
