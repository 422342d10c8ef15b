"""The collection record as release sees it: how long the draw took, and whether the volume met its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from blood.components import Family
from plant.model import Plant
from wms.bags.projection import BagState
from wms.release.limits import ReleaseLimits
from wms.store.driver import Driver

_SELECT: Final = "SELECT volume_ml, target_ml, started_us, collected_us, component FROM donation WHERE din = ?"
_MINUTE_US: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class CollectionRecord:
    """What the device said: None where it was not told (reports of before that was asked for)."""

    volume_ml: float
    target_ml: float | None
    minutes: float | None
    apheresis: bool

    @property
    def summary(self) -> tuple[str, str]:
        """The record in one phrase, English and Chinese."""
        minutes = "?" if self.minutes is None else f"{self.minutes:.0f}"
        return f"{self.volume_ml:g} mL in {minutes} min", f"{self.volume_ml:g} mL，用时 {minutes} 分钟"


def collection_of(raw: Driver, plant: Plant, state: BagState) -> CollectionRecord | None:
    """The record of the donation that a bag is of; None for opening stock and pools."""
    row = raw.execute(_SELECT, (state["din"],)).fetchone()
    if row is None:
        return None
    volume, target, started, ended, component = row
    collected = None if component is None else plant.components.get(component)
    return CollectionRecord(
        volume_ml=float(volume),
        target_ml=None if target is None else float(target),
        minutes=None if started is None else (int(ended) - int(started)) / _MINUTE_US,
        apheresis=collected is not None and collected.family is not Family.WHOLE_BLOOD,
    )


def collection_faults(limits: ReleaseLimits, record: CollectionRecord, component: str) -> list[tuple[str, str]]:
    """Everything in a collection record that keeps a component from release, in English and Chinese."""
    faults = []
    if record.target_ml is None or record.minutes is None:
        faults.append(("target volume or draw time are not recorded", "未记录目标采集量或采集时间"))
    if record.target_ml is not None:
        off = abs(record.volume_ml - record.target_ml) / record.target_ml
        if off > limits.collection_tolerance.value:
            allowed = f"{limits.collection_tolerance.value:.0%}"
            faults.append(
                (
                    f"{record.volume_ml:g} mL collected, target {record.target_ml:g} mL within {allowed}",
                    f"采集 {record.volume_ml:g} mL，目标 {record.target_ml:g} mL，允许偏差 {allowed}",
                )
            )
    limit = limits.draw_limit(component, record.volume_ml, apheresis=record.apheresis)
    if limit is not None and record.minutes is not None and record.minutes > limit.max_min.value:
        most = limit.max_min.value
        faults.append(
            (
                f"the draw took {record.minutes:.0f} min, at most {most:g} for {component}",
                f"采集用时 {record.minutes:.0f} 分钟，{component} 限 {most:g} 分钟",
            )
        )
    return faults
