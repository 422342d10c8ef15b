"""The bridge's parts against the virtual centre's own PLC, with a world of a few lines behind it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from test_bridge_live import bridging, carried, command, until

from plant.load import demo_text, parse_plant
from runtime.sparkplug.payload import Quality
from simulators.process import link as line
from simulators.process.plc_server import PlcServer
from simulators.signals import SignalValue


class SmallWorld:
    """Answers the PLC child: one temperature, jobs by id, a journal."""

    def __init__(self) -> None:
        self.jobs: list[str] = []
        self.entries: list[dict[str, Any]] = []
        self.temperature: float | None = -45.0
        self.server: asyncio.Server | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        speaking = asyncio.ensure_future(self._speak(writer))
        try:
            while True:
                message = await line.receive_from_child(reader)
                if isinstance(message, line.StartJob | line.JobState | line.ReadJournal):
                    line.send(writer, self._answer(message))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            speaking.cancel()
            self.tasks.discard(task)
            writer.close()

    def _answer(self, message: Any) -> line.Answer:
        if isinstance(message, line.StartJob):
            self.jobs.append(message.job)
            return line.Answer(call=message.call, status="accepted", detail="")
        if isinstance(message, line.JobState):
            return line.Answer(
                call=message.call, status="accepted" if message.job in self.jobs else "unknown", detail=""
            )
        above = [entry for entry in self.entries if entry["seq"] > message.after][: message.limit]
        return line.Answer(call=message.call, status="", detail=json.dumps(above))

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        start, ticks = datetime(2030, 1, 1, tzinfo=UTC), 0
        while True:
            ticks += 1
            values = [SignalValue("freezer-1/Temperature/Air", self.temperature, start + timedelta(seconds=ticks))]
            line.send(writer, line.Values(values=values, epoch="epoch-1", head=len(self.entries)))
            await asyncio.sleep(0.1)


async def test_signals_commands_and_journal_of_the_virtual_plc(recorder: Any, free_tcp_port: int) -> None:
    plant = parse_plant(demo_text().replace("4842", str(free_tcp_port)))
    cell = next(cell for cell in plant.cells if cell.id == "works")
    world = SmallWorld()
    server = asyncio.ensure_future(PlcServer(plant, cell, await world.open()).run())

    class Address:
        url = cell.url

    air = "freezer-1/Temperature/Air"
    try:
        async with bridging(plant, Address(), recorder) as bridge:
            await until(lambda: recorder.values.get(air, (None,))[0] == -45.0)
            assert recorder.values[air][1].year == 2030  # the world's own time, not ours
            assert recorder.values["crane-1/Status/StateCurrent"][2] is Quality.BAD  # nobody ever said
            await until(bridge.link.connected.is_set)
            await bridge.runner.execute(command("job-1"))
            await bridge.runner.execute(command("job-1"))
            assert (world.jobs, recorder.answers()) == (["job-1"], [("job-1", "accepted")])
            at = "2030-01-01T00:00:00Z"
            world.entries = [
                {"seq": n, "at": at, "type": "org.hemovault.plc.bag-moved.v1", "data": {}} for n in (1, 2, 3)
            ]
            await until(lambda: carried(recorder) == [1, 2, 3])
            world.temperature = None
            await until(lambda: recorder.values[air][2] is Quality.BAD)
    finally:
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
        if world.server is not None:
            world.server.close()
        await asyncio.gather(*world.tasks, return_exceptions=True)
