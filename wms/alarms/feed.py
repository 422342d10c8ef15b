"""What telemetry sees, told to the book: levels by kind of probe, and the hold that a confirmed excursion brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from plant.model import Plant, Probe, ProbeKind
from telemetry.conditions import Condition as Seen
from telemetry.conditions import ConditionChange
from wms.alarms import conditions
from wms.alarms.book import WATCH, News, is_active, tell
from wms.alarms.machine import Condition
from wms.alarms.tables import alarm
from wms.alarms.untold import note_told
from wms.bags.tables import bag
from wms.holds.commands import place_hold
from wms.holds.tables import hold
from wms.store.tx import Tx

_KEYS: Final[dict[Seen, str]] = {
    Seen.TEMPERATURE_HIGH: conditions.TEMPERATURE_HIGH,
    Seen.TEMPERATURE_LOW: conditions.TEMPERATURE_LOW,
    Seen.TEMPERATURE_HIGH_ALERT: conditions.TEMPERATURE_HIGH_ALERT,
    Seen.TEMPERATURE_LOW_ALERT: conditions.TEMPERATURE_LOW_ALERT,
    Seen.DOOR_OPEN: conditions.DOOR_OPEN,
    Seen.DOOR_OPEN_LONG: conditions.DOOR_OPEN,
    Seen.SENSOR_SILENT: conditions.PROBE_SILENT,
    Seen.SENSOR_BAD: conditions.PROBE_BAD,
    Seen.SENSOR_STUCK: conditions.PROBE_STUCK,
    Seen.SENSOR_NOISY: conditions.PROBE_NOISY,
    Seen.SENSORS_DISAGREE: conditions.PROBES_DISAGREE,
    Seen.DEVICE_SILENT: conditions.DEVICE_SILENT,
    Seen.CLOCK_STEP: conditions.CLOCK_STEP,
    Seen.POWER_LOST: conditions.POWER_LOST,
    Seen.TEMPERATURE_TREND: conditions.TEMPERATURE_TREND,
    Seen.TEMPERATURE_RATE: conditions.TEMPERATURE_RATE,
    Seen.COOLING_LABOURS: conditions.COOLING_LABOURS,
    Seen.AGITATOR_STOPPED: conditions.AGITATOR_STOPPED,
    Seen.AGITATOR_STOPPED_LONG: conditions.AGITATOR_STOPPED,
    Seen.LATE_EXCURSION: conditions.LATE_EXCURSION,
}
_RESUMED: Final = (
    Seen.TEMPERATURE_HIGH,
    Seen.TEMPERATURE_LOW,
    Seen.TEMPERATURE_TREND,
    Seen.TEMPERATURE_RATE,
    Seen.COOLING_LABOURS,
    Seen.SENSOR_STUCK,
    Seen.SENSOR_NOISY,
    Seen.SENSORS_DISAGREE,
    Seen.DEVICE_SILENT,
    Seen.CLOCK_STEP,
)
"""What telemetry judges over time; all else it says anew from the first readings."""
_ESCALATES: Final = frozenset({Seen.DOOR_OPEN_LONG, Seen.AGITATOR_STOPPED_LONG})
_UNBELIEVED: Final = frozenset({conditions.PROBE_BAD, conditions.PROBE_STUCK})
"""A probe that speaks and is not believed: where no other one is, nobody knows the temperature."""
_SEVERAL: Final = 2
"""Stores without mains at once have one cause."""
_OUTSIDE: Final = {conditions.TEMPERATURE_HIGH: "above its limit", conditions.TEMPERATURE_LOW: "below its limit"}
_STATES: Final = {True: Condition.ACTIVE, False: Condition.INACTIVE, None: Condition.UNKNOWN}


def apply_conditions(tx: Tx, changes: Sequence[ConditionChange]) -> None:
    """Apply telemetry's changes in order.

    A load probe that is confirmed outside its limits puts every place it covers on hold at once; an air probe does
    not: its alarm proposes the hold to a person (design.md 7).
    """
    for change in changes:
        if change.condition in _ESCALATES and change.active is not True:
            continue  # the plain condition says when it is over; this one only escalates it
        news = _news(tx, change)
        probe = probe_of(tx.plant, change.source)
        if probe is not None and news.state is not Condition.INACTIVE and _is_idle_box(tx, probe.device):
            continue
        began = news.state is Condition.ACTIVE and not is_active(tx, news.source, news.condition)
        tell(tx, news)
        if news.condition == conditions.LATE_EXCURSION and news.state is Condition.ACTIVE:
            note_told(tx, news.source, news.at)
        if began and probe is not None and probe.kind is ProbeKind.LOAD and news.condition in _OUTSIDE:
            _hold(tx, probe, f"load probe {probe.id} {_OUTSIDE[news.condition]}")
    power = [change.at for change in changes if change.condition is Seen.POWER_LOST]
    if power:
        _group_power(tx, max(power))


def _group_power(tx: Tx, at: datetime) -> None:
    """Several stores without mains are one alarm of the site, which hides theirs."""
    dark = select(alarm.c.source).where(
        alarm.c.condition == conditions.POWER_LOST, alarm.c.known == Condition.ACTIVE.value
    )
    several = len(tx.conn.execute(dark).all()) >= _SEVERAL
    site = tx.plant.site
    if several != is_active(tx, site.id, conditions.SITE_POWER_LOST):
        state = Condition.ACTIVE if several else Condition.INACTIVE
        news = News(
            source=site.id,
            condition=conditions.SITE_POWER_LOST,
            state=state,
            at=at,
            subject_en=site.name_en,
            subject_zh=site.name_zh,
        )
        tell(tx, news)


def standing_conditions(conn: Connection) -> Sequence[tuple[str, Seen]]:
    """(source, condition) of every alarm of telemetry that nothing certain has ended: what it resumes from at a start.

    Without it a store that was too warm would count as fit again until the delay of its limit has passed once more, and
    what is seen over hours would stand for ever.
    """
    seen_of = {_KEYS[seen]: seen for seen in _RESUMED}
    query = select(alarm.c.source, alarm.c.condition).where(
        alarm.c.known == Condition.ACTIVE.value, alarm.c.condition.in_(seen_of)
    )
    return [(row.source, seen_of[row.condition]) for row in conn.execute(query)]


def device_presence(tx: Tx, device: str, *, online: bool, at: datetime) -> None:
    """A device, a reader or a whole edge was born or died on the wire.

    Offline is an alarm; it hides the silence of what hangs on it.
    """
    known = tx.plant.device_by_id.get(device)
    edges = {*tx.plant.edge_by_device.values(), *(reader.group for reader in tx.plant.readers)}
    if not online and _is_idle_box(tx, device):
        return
    news = News(
        source=device,
        condition=conditions.EDGE_OFFLINE if device in edges else conditions.DEVICE_OFFLINE,
        state=Condition.INACTIVE if online else Condition.ACTIVE,
        at=at,
        place=None if known is None else known.place,
        subject_en=device if known is None else known.name_en,
        subject_zh=device if known is None else known.name_zh,
    )
    tell(tx, news)


def probe_of(plant: Plant, source: str) -> Probe | None:
    """The probe with this id, or None."""
    return plant.probe_by_id.get(source)


def _is_idle_box(tx: Tx, device: str) -> bool:
    """An empty transport box endangers nobody; its switched-off logger is silent, and warm when it is washed.

    Nothing is lost by it: a box that is packed while its logger cannot be trusted does not leave (eligibility asks).
    """
    if device not in tx.plant.box_by_id:
        return False
    return tx.conn.execute(select(bag.c.id).where(bag.c.place == f"box/{device}").limit(1)).first() is None


def _news(tx: Tx, change: ConditionChange) -> News:
    plant = tx.plant
    device = plant.device_by_id.get(change.source)
    return News(
        source=change.source,
        condition=_KEYS[change.condition],
        state=_STATES[change.active],
        at=change.at,
        level=_level(tx, change),
        value=change.value,
        limit=change.limit,
        place=change.place,
        subject_en="" if device is None else device.name_en,
        subject_zh="" if device is None else device.name_zh,
        latches=_latches(plant, change),
    )


def _latches(plant: Plant, change: ConditionChange) -> bool:
    """Blood itself was outside its limits: that alarm stays until somebody has decided about the bags (design.md 7)."""
    probe = probe_of(plant, change.source)
    return _KEYS[change.condition] in _OUTSIDE and probe is not None and probe.kind is ProbeKind.LOAD


def _level(tx: Tx, change: ConditionChange) -> int:
    """The escalated forms: a door open too long, blood itself (not only the air) outside, a place that nobody knows."""
    probe = probe_of(tx.plant, change.source)
    if probe is not None and _KEYS[change.condition] in _UNBELIEVED:
        return int(not _is_vouched_for(tx, probe))
    escalated = change.condition in _ESCALATES or (probe is not None and probe.kind is ProbeKind.LOAD)
    return int(escalated)


def _is_vouched_for(tx: Tx, probe: Probe) -> bool:
    """Another probe speaks, and is believed, in every place that this one covers."""
    doubted = alarm.c.condition.in_((*_UNBELIEVED, conditions.PROBE_SILENT)) & (alarm.c.known == Condition.ACTIVE.value)
    silent = set(tx.conn.execute(select(alarm.c.source).where(doubted)).scalars()) | {probe.id}
    return all({one.id for one in tx.plant.probes_covering(place)} - silent for place in probe.covers)


def _hold(tx: Tx, probe: Probe, reason: str) -> None:
    for place in probe.covers:
        standing = select(hold.c.id).where(hold.c.place == place, hold.c.reason == reason, hold.c.lifted_us.is_(None))
        if tx.conn.execute(standing).first() is None:
            place_hold(tx, WATCH, place=place, reason=reason)
