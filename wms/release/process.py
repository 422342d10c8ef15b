"""Time limits of processing: how soon after collection a component was separated, and its freezing begun."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from wms.bags.projection import BagState
from wms.machines.records import decode_record
from wms.release.limits import Number, ReleaseLimits
from wms.store.driver import Driver
from wms.store.metadata import from_us

_MADE: Final = "SELECT 1 FROM bag_parentage WHERE child = ? LIMIT 1"
_BORN: Final = "SELECT min(from_us) FROM stay WHERE bag = ?"
_FROZEN: Final = (
    "SELECT batch.record FROM batch_bag JOIN batch ON batch.id = batch_bag.batch "
    "WHERE batch_bag.bag = ? AND batch.kind = 'freeze' AND batch.state = 'done' AND batch.record IS NOT NULL "
    "ORDER BY batch.ended_us DESC, batch.id DESC LIMIT 1"
)


def process_faults(raw: Driver, limits: ReleaseLimits, state: BagState) -> list[tuple[str, str]]:
    """Time limits that a component made here missed, in English and Chinese; who imports a bag vouches for it."""
    component, bag = str(state["component"]), str(state["id"])
    if all(component not in limit.components for limit in limits.process):
        return []
    if raw.execute(_MADE, (bag,)).fetchone() is None:
        return []
    row = raw.execute("SELECT anticoagulant FROM donation WHERE din = ?", (state["din"],)).fetchone()
    limit = limits.process_limit(component, None if row is None else row[0])
    if limit is None:
        return []
    collected = from_us(int(state["collected_us"] or 0))
    (born_us,) = raw.execute(_BORN, (bag,)).fetchone()
    faults = _late(collected, from_us(int(born_us)), limit.separated_within_h, "separated", "分离")
    frozen = raw.execute(_FROZEN, (bag,)).fetchone()
    if frozen is not None:
        started = decode_record(frozen[0]).started_at
        faults += _late(collected, started, limit.frozen_within_h, "freezing began", "开始速冻")
    return faults


def _late(collected: datetime, done: datetime, limit: Number | None, what: str, what_zh: str) -> list[tuple[str, str]]:
    if limit is None or done - collected <= timedelta(hours=limit.value):
        return []
    hours = (done - collected) / timedelta(hours=1)
    return [
        (
            f"{what} {hours:.1f} h after collection, at most {limit.value:g} h",
            f"采集后 {hours:.1f} 小时{what_zh}，限 {limit.value:g} 小时",
        )
    ]
