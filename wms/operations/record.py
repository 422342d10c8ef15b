"""The record of an operation by hand: a batch like those of the machines, so that it is shown and held like them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from blood.operations import Measured, Operation, OperationKind
from wms.machines.batches import BatchKind
from wms.machines.records import BatchRecord, UnitMeasure, UnitRecord, encode_record
from wms.operations.units import Bench
from wms.store.metadata import to_us
from wms.store.tx import Tx

BY_HAND: Final = "by-hand"
"""What stands in the place of the machine."""
_KINDS: Final[Mapping[OperationKind, BatchKind]] = {
    OperationKind.SEPARATE: BatchKind.SEPARATE,
    OperationKind.FREEZE: BatchKind.FREEZE,
}


def begin_record(tx: Tx, batch: str, operation: Operation, bags: Sequence[str]) -> None:
    """Write the batch and its bags, before anything is made of them: what holds the batch holds what is made."""
    now, kind = to_us(tx.now), _KINDS.get(operation.recipe, BatchKind.PROCESS)
    tx.raw.execute(
        "INSERT INTO batch (id, kind, recipe, device, state, command, created_us, ended_us) VALUES (?,?,?,?,?,?,?,?)",
        (batch, kind.value, operation.recipe.value, BY_HAND, "done", "", now, now),
    )
    tx.raw.executemany("INSERT INTO batch_bag (batch, bag) VALUES (?, ?)", [(batch, bag) for bag in bags])


def end_record(
    tx: Tx,
    bench: Bench,
    units: Sequence[Sequence[str]],
    came_of: Sequence[Sequence[str]],
    measured: Sequence[Measured],
) -> None:
    """Write what became of each unit, with the measures and the limits that they were judged by."""
    limits = {limit.name: limit for limit in bench.operation.measures}
    measures = tuple(
        UnitMeasure(
            one.name,
            one.value,
            one.unit,
            limits[one.name].min if one.name in limits else None,
            limits[one.name].max if one.name in limits else None,
        )
        for one in measured
    )
    outcome, reason = ("out_of_limits" if bench.faults else "done"), "; ".join(bench.faults)
    records = tuple(
        UnitRecord(tuple(parents), child, outcome, reason, measures)
        for parents, children in zip(units, came_of, strict=True)
        for child in children
    )
    record = encode_record(BatchRecord(tx.now, tx.now, records))
    tx.raw.execute("UPDATE batch SET record = ? WHERE id = ?", (record, bench.batch))
