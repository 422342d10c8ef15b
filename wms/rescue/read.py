"""The rescue of one alarm as it looks now: gathered from one snapshot, nothing is changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from plant.model import Plant
from wms.alarms.stake import Forecast
from wms.moves.availability import blocked_carriers
from wms.moves.graph import Way, graph_of
from wms.moves.model import DeviceState
from wms.rescue.blast import Blast, blast_of
from wms.rescue.plan import RescuePlan, Unplaced, plan_rescue
from wms.rescue.targets import Targets
from wms.store.database import driver_of


@dataclass(frozen=True, slots=True)
class Eyes:
    """What telemetry knows and the database does not: forecasts, places outside their limits, machines' states."""

    forecast: Forecast
    excursion_at: Callable[[str], bool]
    device_state: Callable[[str], DeviceState]


@dataclass(frozen=True, slots=True)
class Rescue:
    """The blast radius with the plan, and both in one sentence."""

    blast: Blast
    plan: RescuePlan
    sentence_en: str
    sentence_zh: str


def rescue_of(conn: Connection, plant: Plant, alarm_id: str, eyes: Eyes, now: datetime) -> Rescue:
    """Plan where the blood behind an alarm could go; raises NotFound for an unknown alarm."""
    blast = blast_of(conn, plant, alarm_id, eyes.forecast)
    blocked = frozenset(blocked_carriers(driver_of(conn), plant, eyes.device_state, now))
    targets = Targets(conn, plant, blast.areas, eyes.excursion_at)
    graph = graph_of(plant)
    ways: dict[tuple[str, str], Way | None] = {}

    def way_of(from_place: str, to_shelf: str) -> Way | None:
        key = from_place.rpartition("/")[0], to_shelf
        if key not in ways:
            ways[key] = graph.path(from_place, to_shelf, blocked)
        return ways[key]

    carries = {device.id: device.carries for device in plant.devices}
    plan = plan_rescue(blast.bags, targets.shelves_of, way_of, carries, blast.minutes_left)
    return Rescue(blast, plan, *_sentences(blast, plan))


def _sentences(blast: Blast, plan: RescuePlan) -> tuple[str, str]:
    if not blast.bags:
        return "No bag lies behind this alarm.", "此报警之后没有血袋。"
    moved, needed = len(plan.moves), math.ceil(plan.minutes_needed)
    moving = sum(reason is Unplaced.MOVING for _, reason in plan.unplaced)
    nowhere = len(plan.unplaced) - moving
    late = sum(move.fits is False for move in plan.moves)
    left = plan.minutes_left
    en = [f"{moved} of {len(blast.bags)} bags can be moved in {needed} min."]
    zh = [f"{len(blast.bags)} 袋中有 {moved} 袋可在 {needed} 分钟内转移。"]
    if left is None:
        en.append("Nobody can say how much time is left.")
        zh.append("剩余时间未知。")
    else:
        en.append(f"{math.floor(left)} min are left.")
        zh.append(f"剩余 {math.floor(left)} 分钟。")
    if late:
        en.append(f"{late} of them come too late.")
        zh.append(f"其中 {late} 袋来不及。")
    if moving:
        en.append(f"{moving} are being moved already.")
        zh.append(f"{moving} 袋已在转移中。")
    if nowhere:
        en.append(f"{nowhere} have nowhere to go.")
        zh.append(f"{nowhere} 袋没有去处。")
    return " ".join(en), "".join(zh)
