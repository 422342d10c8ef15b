"""An OPC UA server of many cold rooms, as a process: `python -m benchmarks.plc_cell PLANT.toml CHANGES_PER_SECOND`.

Every air and load temperature changes in turn, at an even pace, and is written with its source time as a PLC does.
Five times a second a line tells how many changes were written so far.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path
from typing import Final

from asyncua import Server, ua
from asyncua.common.node import Node

from benchmarks.rooms import AIR, CELL, LOAD
from plant.load import load_plant
from plant.model import Plant
from plant.signals import NAMESPACE, SignalType, signals_of
from runtime.clock import Clock

TICK_S: Final = 0.02
TELL_EVERY_S: Final = 0.2
_VARIANTS: Final = {
    SignalType.DOUBLE: (ua.VariantType.Double, 4.0),
    SignalType.BOOLEAN: (ua.VariantType.Boolean, False),
    SignalType.INT: (ua.VariantType.Int64, 0),
    SignalType.STRING: (ua.VariantType.String, "idle"),
}


async def _variable(parent: Node, ns: int, path: str, kind: ua.VariantType, value: object) -> None:
    name = ua.QualifiedName(path.rpartition("/")[2], ns)
    await parent.add_variable(ua.NodeId(path, ns), name, ua.Variant(value, kind))


async def _folder(parent: Node, ns: int, path: str) -> Node:
    return await parent.add_object(ua.NodeId(path, ns), ua.QualifiedName(path.rpartition("/")[2], ns))


async def _no_reports(_: ua.NodeId, *__: ua.Variant) -> list[ua.Variant]:
    return [ua.Variant("[]", ua.VariantType.String)]


async def _build(server: Server, plant: Plant) -> list[ua.NodeId]:
    """All signals of the cell and an empty journal; returns the nodes whose values change."""
    ns = await server.register_namespace(NAMESPACE)
    changing = []
    for device in plant.devices_of(CELL):
        owner = await _folder(server.nodes.objects, ns, device.id)
        for signal in signals_of(device.kind):
            path = f"{device.id}/{signal.metric}"
            await _variable(owner, ns, path, *_VARIANTS[signal.type])
            if signal.metric in (AIR, LOAD):
                changing.append(ua.NodeId(path, ns))
    journal = await _folder(server.nodes.objects, ns, "Journal")
    await _variable(journal, ns, "Journal/Epoch", ua.VariantType.String, "benchmark")
    await _variable(journal, ns, "Journal/Head", ua.VariantType.Int64, 0)
    await journal.add_method(
        ua.NodeId("Journal/Read", ns), ua.QualifiedName("Read", ns), _no_reports,
        [ua.VariantType.Int64, ua.VariantType.Int32], [ua.VariantType.String],
    )  # fmt: skip
    return changing


async def serve(plant_file: Path, changes_per_s: int) -> None:
    """Serve and change values until killed."""
    plant, clock = load_plant(plant_file), Clock()
    server = Server()
    await server.init()
    server.set_endpoint(next(cell.url for cell in plant.cells if cell.id == CELL))
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    changing = await _build(server, plant)
    values = [ua.Variant(4.0 + step / 100, ua.VariantType.Double) for step in range(100)]
    async with server:
        begun, told, written = time.monotonic(), 0.0, 0
        while True:
            now = time.monotonic()
            due = min(int((now - begun) * changes_per_s) - written, changes_per_s)  # what cannot be kept up is let go
            at = clock.now()
            for number in range(written, written + due):
                turn, which = divmod(number, len(changing))
                value = ua.DataValue(values[(turn + which) % len(values)], SourceTimestamp=at)
                await server.write_attribute_value(changing[which], value)
            written += due
            if now - told >= TELL_EVERY_S:
                told = now
                print(written, flush=True)
            await asyncio.sleep(max(0.001, TICK_S - (time.monotonic() - now)))


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
