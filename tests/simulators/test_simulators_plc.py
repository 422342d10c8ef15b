"""A real OPC UA client at the emulated PLC: values, jobs, the journal, and what a SIGKILL forgets (nothing)."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from asyncua import Client, ua
from simulators_process import RunningWorld, end, running_world, until

from plant.signals import NAMESPACE, signals_of
from plc_bridge.messages import Separate
from simulators.machines.packml import PackState
from simulators.physics.probe import ProbeFault
from simulators.process.companion import LADS, MACHINERY


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[RunningWorld]:
    async with running_world(tmp_path) as running:
        yield running


async def connect(url: str) -> Client:
    async with asyncio.timeout(30):
        while True:
            client = Client(url, timeout=5)
            try:
                await client.connect()
            except (OSError, TimeoutError):
                await asyncio.sleep(0.1)
            else:
                return client


class Face:
    """The address space as docs/interfaces.md section 3 promises it."""

    def __init__(self, client: Client, space: int) -> None:
        self._client, self._space = client, space

    def node(self, name: str) -> ua.NodeId:
        return ua.NodeId(name, self._space)

    async def value(self, name: str) -> ua.DataValue:
        return await self._client.get_node(self.node(name)).read_data_value(raise_on_bad_status=False)

    async def call(self, parent: str, method: str, *arguments: object) -> object:
        return await self._client.get_node(self.node(parent)).call_method(self.node(f"{parent}/{method}"), *arguments)

    async def journal(self, after: int, limit: int = 100) -> list[dict[str, object]]:
        text = await self.call(
            "Journal", "Read", ua.Variant(after, ua.VariantType.Int64), ua.Variant(limit, ua.VariantType.Int32)
        )
        return json.loads(str(text))


@contextlib.asynccontextmanager
async def face_of(world: RunningWorld, cell: str) -> AsyncIterator[Face]:
    client = await connect(next(entry.url for entry in world.plant.cells if entry.id == cell))
    try:
        yield Face(client, await client.get_namespace_index(NAMESPACE))
    finally:
        with contextlib.suppress(Exception):
            await client.disconnect()


async def good(face: Face, name: str) -> ua.DataValue:
    await until(lambda: is_good(face, name))
    return await face.value(name)


async def is_good(face: Face, name: str) -> bool:
    return bool((await face.value(name)).StatusCode.is_good())


async def is_bad(face: Face, name: str) -> bool:
    return not await is_good(face, name)


async def is_done(face: Face, device: str, job: str) -> bool:
    return await face.call(device, "JobState", job) == ["done", ""]


@pytest.mark.timeout(120)
async def test_every_signal_is_there_with_domain_time_and_a_broken_probe_is_bad(world: RunningWorld) -> None:
    child = await world.child("process.plc_server", "--cell", "cold")
    try:
        async with face_of(world, "cold") as face:
            for device in world.plant.devices_of("cold"):
                for signal in signals_of(device.kind):
                    value = await good(face, f"{device.id}/{signal.metric}")
                    assert value.SourceTimestamp.date() == world.server.world.state.now.date()
            world.server.world.state.chambers["cold-1"].probes["Temperature/Air"].fault = ProbeFault.OPEN
            await until(lambda: is_bad(face, "cold-1/Temperature/Air"))
            found = await face.value("cold-1/Temperature/Air")
            assert found.Value is None or found.Value.Value is None
    finally:
        assert await end(child) == 0


@pytest.mark.timeout(120)
async def test_a_stranger_who_browses_finds_the_names_of_the_companion_models(world: RunningWorld) -> None:
    child = await world.child("process.plc_server", "--cell", "cold")
    try:
        async with face_of(world, "cold") as face:
            await good(face, "cold-1/Temperature/Air")
            index = {uri: await face._client.get_namespace_index(uri) for uri in (LADS, MACHINERY)}
            devices = await face._client.nodes.objects.get_child([f"{face._space}:DeviceSet", f"{face._space}:cold-1"])
            for name in ("CurrentValue", "TargetValue", "SensorValue"):
                node = await devices.get_child([f"{face._space}:Temperature", f"{index[LADS]}:{name}"])
                assert isinstance(await node.read_value(), float)
            uri = await devices.get_child(
                [f"{index[MACHINERY]}:Identification", f"{index[MACHINERY]}:ProductInstanceUri"]
            )
            assert await uri.read_value() == "urn:hemovault:riverside:cold-1"
    finally:
        assert await end(child) == 0


@pytest.mark.timeout(120)
async def test_a_killed_plc_forgets_neither_jobs_nor_journal(world: RunningWorld) -> None:
    bags = tuple(bag.id for bag in world.server.world.floor.at("dock"))[:3]
    payload = msgspec.json.encode(Separate(batch="b", bags=bags, outputs=("D0002V00", "D0003V00"))).decode()
    child = await world.child("process.plc_server", "--cell", "works")
    async with face_of(world, "works") as face:
        epoch = (await good(face, "Journal/Epoch")).Value.Value
        assert await face.call("robot-1", "StartJob", "job-1", payload) == ["accepted", ""]
        refused = await face.call("robot-1", "StartJob", "job-2", payload)
        assert isinstance(refused, list)
        assert refused[0] == "refused"
        child.kill()
        await child.wait()
    child = await world.child("process.plc_server", "--cell", "works")
    try:
        async with face_of(world, "works") as face:
            await good(face, "Journal/Head")
            assert await face.call("robot-1", "StartJob", "job-1", payload) == ["accepted", ""]
            assert len(world.server.world.floor.at("prep/robot-1")) == 3
            unit = world.server.world.state.robots["robot-1"].unit
            unit.state, unit.ends = PackState.COMPLETING, world.server.world.state.now
            await until(lambda: is_done(face, "robot-1", "job-1"))
            assert await face.call("robot-1", "JobState", "unheard of") == ["unknown", ""]
            entries = await face.journal(0)
            assert [(entry["seq"], entry["type"]) for entry in entries] == [(1, "org.hemovault.plc.batch-separated.v1")]
            assert await face.journal(1) == []
            assert (await good(face, "Journal/Epoch")).Value.Value == epoch
    finally:
        assert await end(child) == 0


@pytest.mark.timeout(120)
async def test_without_its_world_every_value_is_bad_and_methods_have_no_resource(world: RunningWorld) -> None:
    child = await world.child("process.plc_server", "--cell", "works")
    try:
        async with face_of(world, "works") as face:
            await good(face, "gate-1/Diverter/Position")
            await world.stop()
            await until(lambda: is_bad(face, "gate-1/Diverter/Position"))
            with pytest.raises(ua.UaStatusCodeError) as caught:
                await face.call("gate-1", "JobState", "job")
            assert caught.value.code == ua.StatusCodes.BadResourceUnavailable
    finally:
        assert await end(child) == 0


async def test_a_stranger_on_the_line_is_turned_away(world: RunningWorld) -> None:
    await world.server.ready.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", world.server.port)
    writer.write(b"\x00\x00\x00\x05hello")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    await writer.wait_closed()
