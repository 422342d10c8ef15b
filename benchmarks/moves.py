"""Moves per second through the real tables: asked for, dispatched, carried step by step, reported, on the ledger.

Bags wait where preparation leaves them and go to stock over belts and cranes, two or three steps each. The carriers
here take no time: what is measured is the warehouse. Every report is a fact with its inbox row, its effect and its
mark, as from an edge; the writer commits in groups with synchronous=FULL. A move is one bag from its place to its slot.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.usage import busy_cores, cpu_seconds
from blood.isbt128 import BagId
from blood.tags import epc_of
from plant.load import demo_text, parse_plant
from plc_bridge.messages import BagMoved, Carry, CommandAnswered, CommandOutcome, Outcome, report_type
from runtime.clock import SteppedClock
from runtime.facts.envelope import encode_envelope
from runtime.facts.receiver import RawFact
from wms.bags.commands import create_bag
from wms.machines.outbox import OutgoingCommand
from wms.moves.dispatch import dispatch_waiting
from wms.moves.model import DeviceState
from wms.moves.wanted import plan_move
from wms.store.database import driver_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.warehouse import Warehouse, open_warehouse

RUNS: Final = 3
BAGS: Final = 1_000
_START: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_BENCH: Final = Actor("service:bench", "bench")
_EDGE: Final = "plc-works"
_LOOK_S: Final = 1.0
"""Domain seconds from look to look of the dispatcher, as in the running warehouse."""
_PATIENCE: Final = 10_000
"""Looks after which the moves count as stuck."""


def measure() -> Result:
    """Median of some runs; steps and trips a second, processor time and the time to ask for the moves in the detail."""
    runs = [asyncio.run(_run()) for _ in range(RUNS)]
    return Result(
        "moves",
        round(median(run["moves_per_s"] for run in runs)),
        "moves/s",
        "named, not set",
        {"bags": BAGS, "runs": runs, "load_average": busy_cores()},
    )


async def _run() -> dict[str, Any]:
    clock, plant = SteppedClock(_START), parse_plant(demo_text())
    with tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder:
        async with open_warehouse(
            plant,
            Path(folder),
            clock=clock,
            holder="bench",
            excursion_at=lambda _place: False,
            device_state=lambda _device: DeviceState.RUNNING,
            publish_command=_nobody_listens,
        ) as warehouse:
            bags = await warehouse.write(_put_bags)
            cpu, began = cpu_seconds(os.getpid()), time.perf_counter()
            await asyncio.gather(*(warehouse.write(_asking(bag)) for bag in bags))
            asked = time.perf_counter()
            trips, steps = await _carry_all(warehouse, clock)
            ended = time.perf_counter()
            return {
                "moves_per_s": round(len(bags) / (ended - began)),
                "steps_per_s": round(steps / (ended - asked)),
                "trips": trips,
                "steps": steps,
                "asked_s": round(asked - began, 3),
                "carried_s": round(ended - asked, 3),
                "cpu_s": round(cpu_seconds(os.getpid()) - cpu, 3),
            }


def _put_bags(tx: Tx) -> list[str]:
    """Red cells and plasma in equal parts, of eight groups, ready for stock."""
    groups = ("O+", "A+", "B+", "AB+", "O-", "A-", "B-", "AB-")
    bags = []
    for number in range(BAGS):
        bag = BagId(f"A999926{number + 1:06d}", ("D0002V00", "D0003V00")[number % 2])
        create_bag(
            tx,
            _BENCH,
            str(bag),
            kind="bag.opened",
            place="prep/out",
            at=tx.now,
            fields={
                "din": bag.din,
                "product": bag.product,
                "component": tx.plant.product_component[bag.product].key,
                "status": "AVAILABLE",
                "abo_rhd": groups[number // 2 % len(groups)],
                "volume_ml": 200.0,
                "collected_us": to_us(tx.now),
                "expires_us": to_us(tx.now) + (5 + number % 30) * 86_400_000_000,
                "donor": f"donor-{number}",
                "epc": epc_of(bag),
                "donation_type": "allogeneic",
                "custody": "centre",
                "tests": "negative",
                "process_check": "passed",
                "label_check": "passed",
            },
        )
        bags.append(str(bag))
    return bags


def _asking(bag: str) -> Any:
    return lambda tx: plan_move(tx, _BENCH, bag)


async def _carry_all(warehouse: Warehouse, clock: SteppedClock) -> tuple[int, int]:
    """Dispatch and report until every bag lies in its slot; returns trips and steps."""
    trips = steps = seq = 0
    for _ in range(_PATIENCE):
        clock.step(_LOOK_S)
        await warehouse.write(lambda tx: dispatch_waiting(tx, _BENCH))
        commands = await warehouse.write(_take)
        if not commands:
            break
        reports = [report for command in commands for report in _reports(*command)]
        facts = [_fact(report, seq + number, clock.now()) for number, report in enumerate(reports, 1)]
        seq += len(facts)
        await warehouse.apply_facts(facts)
        trips += len(commands)
        steps += len(reports) - len(commands)
    with warehouse.read() as conn:
        (done,) = driver_of(conn).execute("SELECT count(*) FROM task WHERE state = 'done'").fetchone()
    if done != BAGS:
        raise BenchmarkFailed(f"{done} of {BAGS} moves ended")
    return trips, steps


def _take(tx: Tx) -> list[tuple[str, str, bytes]]:
    rows = tx.raw.execute("SELECT id, device, data FROM machine_command WHERE state = 'queued' ORDER BY id").fetchall()
    tx.raw.execute("UPDATE machine_command SET state = 'sent' WHERE state = 'queued'")
    return rows


def _reports(command: str, device: str, data: bytes) -> Sequence[CommandAnswered | BagMoved]:
    """What a machine that does as it is told has to say of a trip."""
    trip = msgspec.json.decode(data, type=Carry)
    done = [
        BagMoved(
            task=load.task,
            device=device,
            bag=load.bag,
            epc=load.epc,
            at_place=load.to_place,
            outcome=Outcome.DONE,
            reason="",
        )
        for load in trip.loads
    ]
    return [CommandAnswered(command=command, device=device, outcome=CommandOutcome.ACCEPTED, detail=""), *done]


def _fact(report: CommandAnswered | BagMoved, seq: int, at: datetime) -> RawFact:
    data = msgspec.json.encode(report)
    raw = encode_envelope(edge=_EDGE, epoch="bench", seq=seq, type=report_type(report), time=at, data=data)
    return RawFact(_EDGE, "bench", seq, raw)


async def _nobody_listens(command: OutgoingCommand) -> None:
    raise BenchmarkFailed(f"{command.id} was to be published, but the bench takes commands from the outbox")
