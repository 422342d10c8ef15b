"""A small PLC cell as its own process, so that it can be killed: `python fake_plc.py PORT MEMORY_DIR`.

Its memory is two files, as a real machine's survives its controller: `journal.json` {epoch, entries} that the test
writes, and `jobs.txt`, one line for each job that was really executed. `hang` (a file) makes StartJob execute and then
never answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from asyncua import Server, ua
from asyncua.common.node import Node

from plant.load import demo_text, parse_plant
from plant.signals import NAMESPACE, SignalType, signals_of

CELL = "works"
_VARIANTS = {
    SignalType.DOUBLE: (ua.VariantType.Double, 4.0),
    SignalType.BOOLEAN: (ua.VariantType.Boolean, False),
    SignalType.INT: (ua.VariantType.Int64, 0),
    SignalType.STRING: (ua.VariantType.String, "idle"),
}


def journal_of(memory: Path) -> tuple[str, list[dict[str, object]]]:
    try:
        kept = json.loads((memory / "journal.json").read_text())
    except FileNotFoundError:
        return "epoch-1", []
    return kept["epoch"], kept["entries"]


async def folder(parent: Node, ns: int, path: str) -> Node:
    return await parent.add_object(ua.NodeId(path, ns), ua.QualifiedName(path.rpartition("/")[2], ns))


async def variable(parent: Node, ns: int, path: str, kind: ua.VariantType, value: object) -> Node:
    name = ua.QualifiedName(path.rpartition("/")[2], ns)
    return await parent.add_variable(ua.NodeId(path, ns), name, ua.Variant(value, kind))


async def build(server: Server, memory: Path) -> dict[str, Node]:
    ns = await server.register_namespace(NAMESPACE)
    nodes: dict[str, Node] = {}
    for device in parse_plant(demo_text()).devices_of(CELL):
        owner = await folder(server.nodes.objects, ns, device.id)
        folders: dict[str, Node] = {}
        for signal in signals_of(device.kind):
            path = f"{device.id}/{signal.metric}"
            group = path.rpartition("/")[0]
            if group not in folders:
                folders[group] = await folder(owner, ns, group)
            kind, value = _VARIANTS[signal.type]
            nodes[path] = await variable(folders[group], ns, path, kind, value)
        await add_methods(owner, ns, device.id, memory)
    journal = await folder(server.nodes.objects, ns, "Journal")
    nodes["Journal/Epoch"] = await variable(journal, ns, "Journal/Epoch", ua.VariantType.String, journal_of(memory)[0])
    nodes["Journal/Head"] = await variable(journal, ns, "Journal/Head", ua.VariantType.Int64, 0)

    async def read(_: ua.NodeId, after: ua.Variant, limit: ua.Variant) -> list[ua.Variant]:
        entries = [entry for entry in journal_of(memory)[1] if entry["seq"] > after.Value][: limit.Value]
        return [ua.Variant(json.dumps(entries), ua.VariantType.String)]

    await journal.add_method(
        ua.NodeId("Journal/Read", ns),
        ua.QualifiedName("Read", ns),
        read,
        [ua.VariantType.Int64, ua.VariantType.Int32],
        [ua.VariantType.String],
    )
    return nodes


async def add_methods(owner: Node, ns: int, device: str, memory: Path) -> None:
    jobs = memory / "jobs.txt"

    def known(job: str) -> bool:
        return jobs.exists() and any(line.split()[1] == job for line in jobs.read_text().splitlines())

    def texts(*values: str) -> list[ua.Variant]:
        return [ua.Variant(value, ua.VariantType.String) for value in values]

    async def start(_: ua.NodeId, job: ua.Variant, payload: ua.Variant) -> list[ua.Variant]:
        if "refuse-me" in payload.Value:
            return texts("refused", "the machine does not like it")
        with jobs.open("a") as log:  # deliberately not idempotent: the bridge must not start a job twice
            log.write(f"{device} {job.Value}\n")
        if (memory / "hang").exists():
            await asyncio.sleep(60)
        return texts("accepted", "")

    async def state(_: ua.NodeId, job: ua.Variant) -> list[ua.Variant]:
        return texts("accepted" if known(job.Value) else "unknown", "")

    string = ua.VariantType.String
    for name, function, inputs in (("StartJob", start, [string, string]), ("JobState", state, [string])):
        node_id = ua.NodeId(f"{device}/{name}", ns)
        await owner.add_method(node_id, ua.QualifiedName(name, ns), function, inputs, [string, string])


async def serve(port: int, memory: Path) -> None:
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/hemovault")
    nodes = await build(server, memory)
    async with server:
        print("ready", flush=True)
        while True:
            epoch, entries = journal_of(memory)
            now = datetime.now(UTC)
            await nodes["Journal/Epoch"].write_value(epoch)
            await nodes["Journal/Head"].write_value(entries[-1]["seq"] if entries else 0, ua.VariantType.Int64)
            steady = ua.DataValue(ua.Variant(-40.5, ua.VariantType.Double), SourceTimestamp=now)
            await nodes["freezer-1/Temperature/Air"].write_value(steady)
            bad = ua.DataValue(
                ua.Variant(0.0, ua.VariantType.Double), ua.StatusCode(ua.StatusCodes.BadSensorFailure), now
            )
            await nodes["freezer-1/Temperature/Core"].write_value(bad)
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
