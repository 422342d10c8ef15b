"""What the screens show of alarms: the list, one in full, and the counts on the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, func, select

from plant.model import Plant, Probe, ProbeKind
from wms.alarms import conditions
from wms.alarms.catalogue import rule_of
from wms.alarms.floods import Flood, Group, Standing, Standout, floods, group_by_cause
from wms.alarms.machine import AlarmState, Condition
from wms.alarms.occurrences import Occurrence, of_alarm
from wms.alarms.stake import AtStake, Forecast, Stake, at_stake
from wms.alarms.suspension import Suspension, covers, running, suspended_until
from wms.alarms.tables import alarm, journal, occurrence
from wms.errors import NotFound
from wms.notices.read import Escalation, escalations
from wms.store.metadata import from_us, from_us_or_none, to_us

_TRISTATE = {Condition.ACTIVE.value: True, Condition.INACTIVE.value: False, Condition.UNKNOWN.value: None}
_LOOK_BACK = timedelta(hours=24)
"""A flood that began earlier is no flood any more but the way the alarms are set."""
_TEMPERATURE = frozenset({conditions.TEMPERATURE_HIGH, conditions.TEMPERATURE_LOW})


@dataclass(frozen=True, slots=True)
class GroupPart:
    """An alarm's part in a flood: the line of its common cause, and how it stands to it."""

    id: str
    title_en: str
    title_zh: str
    count: int
    first_out: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """One alarm as a list shows it; ``active`` None means that nobody knows."""

    id: str
    source: str
    condition: str
    priority: int
    state: AlarmState
    active: bool | None
    value: float | None
    limit: float | None
    unit: str
    raised_at: datetime
    returned_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    shelved_until: datetime | None
    out_until: datetime | None
    suspended_until: datetime | None
    occurrence: str | None
    unclosed: int
    group: GroupPart | None
    escalation: Escalation | None
    comment: str | None
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    title_en: str
    title_zh: str
    guidance_en: str
    guidance_zh: str
    owner: str
    stake: Stake


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One change of state."""

    at: datetime
    actor: str
    from_state: AlarmState
    to_state: AlarmState
    event: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class AlarmInFull:
    """An alarm, its journal, its occurrences (newest first), and what it endangers by name."""

    alarm: AlarmView
    journal: tuple[JournalEntry, ...]
    occurrences: tuple[Occurrence, ...]
    at_stake: AtStake


@dataclass(frozen=True, slots=True)
class PriorityCount:
    """Open alarms of one priority, and how many of them nobody has seen."""

    priority: int
    open: int
    unacknowledged: int


def list_alarms(
    conn: Connection, plant: Plant, forecast: Forecast, *, everything: bool = False, now: datetime | None = None
) -> tuple[AlarmView, ...]:
    """Alarms that are not normal (with ``everything`` past ones too): what stands first; priority, time left, age.

    With ``now`` (domain time) they carry their groups while a flood lasts, and the bags that will expire unused.
    """
    query = select(alarm).where(alarm.c.raised_us.is_not(None))
    if not everything:
        query = query.where(alarm.c.state != AlarmState.NORMAL.value)
    rows = conn.execute(query).mappings().all()
    around = _around(conn, plant, rows, now)
    views = [_view(conn, row, plant, _stake(conn, plant, row, forecast, now), around) for row in rows]
    return tuple(sorted(views, key=_urgency))


def flood_now(conn: Connection, now: datetime) -> Flood | None:
    """The flood that lasts at ``now`` (domain time), or None."""
    since = select(occurrence.c.annunciated_us).where(occurrence.c.annunciated_us >= to_us(now - _LOOK_BACK))
    times = conn.execute(since.order_by(occurrence.c.annunciated_us)).scalars()
    last = floods([at for at in times if at is not None], now)[-1:]
    return next((flood for flood in last if flood.to_at is None), None)


def one_alarm(
    conn: Connection, plant: Plant, forecast: Forecast, alarm_id: str, *, now: datetime | None = None
) -> AlarmInFull:
    """One alarm in full; raises NotFound. ``now`` as in `at_stake`."""
    row = conn.execute(select(alarm).where(alarm.c.id == alarm_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("alarm_unknown", f"There is no alarm {alarm_id}")
    stake = _stake(conn, plant, row, forecast, now)
    view = _view(conn, row, plant, stake, _around(conn, plant, [row], None))
    return AlarmInFull(view, tuple(_journal(conn, alarm_id)), of_alarm(conn, alarm_id), stake)


def count_by_priority(conn: Connection) -> tuple[PriorityCount, ...]:
    """Open alarms by priority 1 to 4; shelved, suppressed and out-of-service ones count as open, not as unseen."""
    query = (
        select(alarm.c.priority, alarm.c.state, func.count())
        .where(alarm.c.state != AlarmState.NORMAL.value)
        .group_by(alarm.c.priority, alarm.c.state)
    )
    table = {(priority, state): number for priority, state, number in conn.execute(query)}
    unseen = (
        AlarmState.UNACKNOWLEDGED,
        AlarmState.RETURNED_UNACKNOWLEDGED,
        AlarmState.LATCHED_UNACKNOWLEDGED,
    )
    return tuple(
        PriorityCount(
            priority,
            sum(number for (of, _), number in table.items() if of == priority),
            sum(table.get((priority, state.value), 0) for state in unseen),
        )
        for priority in (1, 2, 3, 4)
    )


def _stake(conn: Connection, plant: Plant, row: RowMapping, forecast: Forecast, now: datetime | None) -> AtStake:
    return at_stake(conn, plant, row["source"], row["condition"], forecast, now)


_SET_ASIDE = frozenset({AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE})


def _urgency(view: AlarmView) -> tuple[int, int, float, datetime]:
    """Order of the list: what stands (or may stand: unknown), what has returned, what was set aside; then by danger."""
    group = 2 if view.state in _SET_ASIDE else int(view.active is False)
    left = view.stake.minutes_left
    return group, view.priority, float("inf") if left is None else left, view.raised_at


@dataclass(frozen=True, slots=True)
class _Around:
    """What all alarms of a list share: suspensions, how many occurrences wait to be closed, and groups in a flood."""

    suspensions: tuple[Suspension, ...]
    unclosed: Mapping[str, int]
    groups: Mapping[str, Group]
    escalations: Mapping[str, Escalation]


def _around(conn: Connection, plant: Plant, rows: Sequence[RowMapping], now: datetime | None) -> _Around:
    waiting = occurrence.c.closed_us.is_(None) & occurrence.c.returned_us.is_not(None)
    counted = select(occurrence.c.alarm, func.count()).where(waiting).group_by(occurrence.c.alarm)
    unclosed = {alarm_id: int(number) for alarm_id, number in conn.execute(counted)}
    groups = {}
    if now is not None and flood_now(conn, now) is not None:
        calling = [
            Standout(row["id"], row["source"], row["condition"], row["priority"], from_us(row["raised_us"]))
            for row in rows
            if row["state"] != AlarmState.NORMAL.value and AlarmState(row["state"]) not in _SET_ASIDE
        ]
        groups = {member: group for group in group_by_cause(plant, calling) for member in group.members}
    return _Around(running(conn), unclosed, groups, escalations(conn, [row["id"] for row in rows]))


def _hidden_until(conn: Connection, plant: Plant, row: RowMapping, around: _Around) -> datetime | None:
    """Until when a suspension hides this alarm."""
    hiding = [one for one in around.suspensions if covers(conn, plant, one, row["source"], row["condition"])]
    return suspended_until(hiding, plant, row["source"])


def _part(group: Group | None, alarm_id: str) -> GroupPart | None:
    if group is None:
        return None
    return GroupPart(group.id, group.title_en, group.title_zh, group.count, group.first_out, group.standing(alarm_id))


def _view(conn: Connection, row: RowMapping, plant: Plant, stake: AtStake, around: _Around) -> AlarmView:
    rule = rule_of(row["condition"])
    name_en, name_zh = _place_names(plant, row["place"])
    propose_en, propose_zh = _proposal(plant, row, stake)
    return AlarmView(
        id=row["id"],
        source=row["source"],
        condition=row["condition"],
        priority=row["priority"],
        state=AlarmState(row["state"]),
        active=_TRISTATE[row["active"]],
        value=row["value"],
        limit=row["limit_value"],
        unit=rule.unit,
        raised_at=from_us(row["raised_us"]),
        returned_at=from_us_or_none(row["returned_us"]),
        acknowledged_at=from_us_or_none(row["acknowledged_us"]),
        acknowledged_by=row["acknowledged_by"],
        shelved_until=from_us_or_none(row["shelved_until_us"]),
        out_until=from_us_or_none(row["out_until_us"]),
        suspended_until=_hidden_until(conn, plant, row, around),
        occurrence=row["occurrence"],
        unclosed=around.unclosed.get(row["id"], 0),
        group=_part(around.groups.get(row["id"]), row["id"]),
        escalation=around.escalations.get(row["id"]),
        comment=row["comment"],
        place=row["place"],
        place_name_en=name_en,
        place_name_zh=name_zh,
        title_en=rule.title_en.format(subject=row["subject_en"]),
        title_zh=rule.title_zh.format(subject=row["subject_zh"]),
        guidance_en=rule.guidance_en + propose_en,
        guidance_zh=rule.guidance_zh + propose_zh,
        owner=rule.owner.value,
        stake=stake.counted,
    )


def _proposal(plant: Plant, row: RowMapping, stake: AtStake) -> tuple[str, str]:
    """An air probe outside proposes a hold; a load probe has placed it already (design.md 7)."""
    probe: Probe | None = next((probe for probe in plant.probes if probe.id == row["source"]), None)
    if probe is None or row["condition"] not in _TEMPERATURE or row["known"] != Condition.ACTIVE.value:
        return "", ""
    bags = len(stake.bags)
    if probe.kind is ProbeKind.LOAD:
        return f" The {bags} bags here are on hold.", f"此处 {bags} 袋已锁定。"
    return f" Proposed: hold the {bags} bags here.", f"建议锁定此处 {bags} 袋。"


def _place_names(plant: Plant, path: str | None) -> tuple[str | None, str | None]:
    if path is None:
        return None, None
    try:
        place = plant.place_of(path)
    except KeyError:
        return path, path
    return place.name_en, place.name_zh


def _journal(conn: Connection, alarm_id: str) -> Iterable[JournalEntry]:
    for row in conn.execute(select(journal).where(journal.c.alarm == alarm_id).order_by(journal.c.id)):
        yield JournalEntry(
            from_us(row.at_us), row.actor, AlarmState(row.from_state), AlarmState(row.to_state), row.event, row.comment
        )
