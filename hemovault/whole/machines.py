"""The machines of a PLC cell: commands through the bridge's own runner into the world, journals out as facts."""

from __future__ import annotations

import asyncio
from typing import Any

from asyncua import ua

from hemovault.whole.edges import InProcessEdge
from plc_bridge.commands import CommandRunner
from plc_bridge.journal import JournalCursor, decode_entries, spool_entries
from plc_bridge.plc_link import PlcUnreachable
from runtime.clock import Clock
from runtime.commands import Command
from runtime.health import HealthPart
from simulators.world import World
from wms.machines.outbox import OutgoingCommand


class WorldMachines:
    """Calls of a cell's OPC UA methods that reach the world at once; stands in for `PlcLink`."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.connected = asyncio.Event()
        self.connected.set()
        self._world = world
        self._clock = clock

    async def call(self, owner: str, method: str, *arguments: ua.Variant) -> list[Any]:
        """`StartJob` or `JobState` of a device; raises PlcUnreachable for any other method."""
        texts = [argument.Value for argument in arguments]
        self._world.scene.real = self._clock.real_now()
        if method == "StartJob":
            answer = self._world.start_job(owner, *texts)
        elif method == "JobState":
            answer = self._world.job_state(owner, *texts)
        else:
            raise PlcUnreachable(f"{owner} has no method {method}")
        return [str(answer.status), answer.detail]


class JournalLine:
    """A journal of the world that becomes facts, by the rules of the bridge; the world may then forget its lines."""

    def __init__(self, world: World, name: str, edge: InProcessEdge, clock: Clock) -> None:
        self._world = world
        self._name = name
        self._edge = edge
        self._clock = clock
        self._cursor = JournalCursor(world.state.memory[name].epoch)

    async def follow(self) -> None:
        """Carry over what is new."""
        journal = self._world.state.memory[self._name].journal
        if not journal.lines:
            return
        entries = decode_entries("[" + ",".join(text for _, text in journal.lines) + "]")
        facts, self._cursor = spool_entries(self._cursor, entries, self._name, self._clock)
        await self._edge.record_many(facts)
        journal.cut(journal.head)


class CellBridge:
    """The bridge of one cell: what `plc_bridge.service` runs, without a wire."""

    def __init__(self, world: World, cell: str, edge: InProcessEdge, clock: Clock) -> None:
        devices = frozenset(device.id for device in world.plant.devices_of(cell))
        machines = WorldMachines(world, clock)
        self.edge = edge
        self._journal = JournalLine(world, cell, edge, clock)
        self._runner = CommandRunner(machines, devices, edge, None, clock, HealthPart(f"commands {cell}"))
        self._seen: set[str] = set()

    async def bring(self, command: OutgoingCommand) -> None:
        """Execute a command once, however often it is sent; its answer is a fact."""
        if command.id in self._seen:
            return
        self._seen.add(command.id)
        await self._runner.execute(
            Command(
                id=command.id,
                device=command.device,
                type=command.type,
                data=command.data,
                issued_real=command.issued_real,
                deadline_real=command.deadline_real,
            )
        )

    async def follow_journal(self) -> None:
        """Turn what the machines have reported since the last time into facts."""
        await self._journal.follow()
