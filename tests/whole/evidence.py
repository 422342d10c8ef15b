"""All that is known when a scenario is over, as plain data: the world's word, the warehouse's, and the witness's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from whole.invariants import judge_all
from whole.witness import Witness

from hemovault.whole.centre import WholeCentre
from hemovault.whole.stage import Stage
from simulators.scenarios.script import Scenario
from telemetry.conditions import ConditionChange
from wms.store.metadata import from_us

RAISED = {"unacknowledged"}


@dataclass(frozen=True, slots=True)
class AlarmStep:
    """One line of the alarm journal."""

    at: datetime
    source: str
    condition: str
    from_state: str
    to_state: str
    event: str
    priority: int


@dataclass(frozen=True, slots=True)
class Held:
    """One hold."""

    bag: str | None
    place: str | None
    reason: str
    opened_at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What checks look at; ``broken`` are the faults of each invariant."""

    scenario: Scenario
    began: datetime
    witness: Witness
    log: list[dict[str, Any]]
    changes: list[ConditionChange]
    alarms: list[AlarmStep]
    holds: list[Held]
    bags: dict[str, dict[str, Any]]
    broken: dict[str, list[str]]

    def minute(self, at: datetime) -> float:
        """Minutes since the beginning."""
        return (at - self.began) / timedelta(minutes=1)

    def raised(self, *conditions: str, source: str | None = None) -> list[AlarmStep]:
        """Alarms that were raised, in order; of certain conditions and of one source if asked for."""
        return [
            step
            for step in self.alarms
            if step.to_state in RAISED
            and step.event != "escalate"
            and (not conditions or step.condition in conditions)
            and (source is None or step.source == source)
        ]

    def first(self, *conditions: str, source: str | None = None) -> float | None:
        """Minute at which the first such alarm was raised."""
        raised = self.raised(*conditions, source=source)
        return self.minute(raised[0].at) if raised else None

    def when(self, event: str, **details: object) -> float:
        """Minute of the first line of the world's log that says so."""
        return self.minute(
            datetime.fromisoformat(
                next(
                    line["at"]
                    for line in self.log
                    if line["event"] == event and all(line.get(key) == value for key, value in details.items())
                )
            )
        )

    def above_for_good(self, probe: str, limit_c: float) -> float:
        """Minute from which a probe says more than a limit to the end: not the breath of an opened door."""
        said = [(minute.at, minute.said[probe].value) for minute in self.witness.minutes]
        below = [at for at, value in said if value is None or value <= limit_c]
        after = [at for at, _ in said if not below or at > below[-1]]
        assert after, f"{probe} never stayed above {limit_c:g}"
        return self.minute(after[0])

    def first_minute(self, condition: Any) -> float | None:
        """Minute of the witness's first look for which a condition holds."""
        return next((self.minute(minute.at) for minute in self.witness.minutes if condition(minute)), None)


def gather(stage: Stage, witness: Witness, broken: dict[str, list[str]]) -> Evidence:
    """Read everything while the centre is still open."""
    centre = stage.centre
    return Evidence(
        scenario=stage.scenario,
        began=stage.player.began,
        witness=witness,
        log=centre.world_log(),
        changes=list(centre.changes),
        alarms=alarm_journal(centre),
        holds=holds(centre),
        bags=bags(centre),
        broken=broken,
    )


def alarm_journal(centre: WholeCentre) -> list[AlarmStep]:
    query = (
        "SELECT j.at_us, a.source, a.condition, j.from_state, j.to_state, j.event, a.priority "
        "FROM alarm_journal j JOIN alarm a ON a.id = j.alarm ORDER BY j.id"
    )
    with centre.warehouse.read() as conn:
        return [AlarmStep(from_us(row[0]), *row[1:]) for row in conn.exec_driver_sql(query)]


def holds(centre: WholeCentre) -> list[Held]:
    with centre.warehouse.read() as conn:
        rows = conn.exec_driver_sql("SELECT bag, place, reason, opened_us, lifted_us FROM hold ORDER BY opened_us, id")
        return [
            Held(bag, place, reason, from_us(opened), None if lifted is None else from_us(lifted))
            for bag, place, reason, opened, lifted in rows
        ]


def bags(centre: WholeCentre) -> dict[str, dict[str, Any]]:
    with centre.warehouse.read() as conn:
        return {str(row["id"]): dict(row) for row in conn.exec_driver_sql("SELECT * FROM bag").mappings()}


async def conclude(stage: Stage, witness: Witness) -> Evidence:
    """Judge the invariants, then gather."""
    return gather(stage, witness, await judge_all(stage.centre, witness))
