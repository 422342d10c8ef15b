"""A PLC of the virtual centre: an OPC UA server for one cell, a child process that speaks for the world.

`python -m simulators.process.plc_server --plant FILE.json --cell ID --link-port N`; its address
space is section 3 of docs/interfaces.md.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from asyncua import Server, ua
from asyncua.common.methods import uamethod

from plant.model import Cell, Device, DeviceKind, Plant
from plant.signals import NAMESPACE, Signal, SignalType, signals_of
from simulators.chambers import STORES
from simulators.process.child import read_plant, run_child
from simulators.process.companion import IDENTIFICATION, LADS, MACHINERY, PACKML, SIGNAL_NAMES
from simulators.process.link import Answer, Hello, JobState, ReadJournal, Reads, StartJob, Values, WorldAway, WorldLink
from simulators.signals import SignalValue, Value

_COMMANDED: Final = frozenset(DeviceKind) - STORES - {DeviceKind.BOX}
_VARIANT: Final = {
    SignalType.DOUBLE: (ua.VariantType.Double, 0.0),
    SignalType.BOOLEAN: (ua.VariantType.Boolean, False),
    SignalType.INT: (ua.VariantType.Int64, 0),
    SignalType.STRING: (ua.VariantType.String, ""),
}
_REFRESH: Final = timedelta(seconds=30)
"""Unchanged values are written again after so much domain time: a steady value must not look like a dead one."""
_LOOK_S: Final = 0.5


class PlcServer:
    """The address space of one cell, kept at what the world says; all bad while the world is away."""

    def __init__(self, plant: Plant, cell: Cell, link_port: int) -> None:
        self._plant = plant
        self._cell = cell
        self._link = WorldLink(link_port, Hello(role="plc", name=cell.id), self._on_message)
        self._server = Server()
        self._types: dict[str, ua.VariantType] = {}
        self._written: dict[str, tuple[Value | None, datetime]] = {}
        self._news: asyncio.Queue[Values] = asyncio.Queue(maxsize=1)
        self._space = 0

    async def run(self) -> None:
        """Serve until cancelled."""
        server = self._server
        await server.init()
        server.set_endpoint(self._cell.url)
        server.set_server_name(f"HemoVault virtual cell {self._cell.id}")
        await server.set_application_uri(f"urn:hemovault:plc:{self._cell.id}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        self._space = await server.register_namespace(NAMESPACE)
        spaces = {uri: await server.register_namespace(uri) for uri in (PACKML, LADS, MACHINERY)}
        await self._build(spaces)
        async with server, asyncio.TaskGroup() as group:
            group.create_task(self._link.run())
            group.create_task(self._follow())

    # ---- the address space -----------------------------------------------------------------------------------------

    def _id(self, text: str) -> ua.NodeId:
        return ua.NodeId(text, self._space)

    async def _build(self, spaces: Mapping[str, int]) -> None:
        root = await self._server.nodes.objects.add_object(self._id("DeviceSet"), f"{self._space}:DeviceSet")
        for device in self._plant.devices_of(self._cell.id):
            node = await root.add_object(self._id(device.id), f"{self._space}:{device.id}")
            await self._identify(node, device, spaces[MACHINERY])
            folders: dict[str, Any] = {}
            for signal in signals_of(device.kind):
                folder, _, name = signal.metric.rpartition("/")
                model, known_as = SIGNAL_NAMES.get(signal.metric, (NAMESPACE, name))
                browse_name = f"{spaces.get(model, self._space)}:{known_as}"
                if folder and folder not in folders:
                    folders[folder] = await node.add_folder(
                        self._id(f"{device.id}/{folder}"), f"{self._space}:{folder}"
                    )
                await self._add_signal(folders.get(folder, node), device, signal, browse_name)
            if device.kind in _COMMANDED:
                await self._add_methods(node, device)
        journal = await self._server.nodes.objects.add_object(self._id("Journal"), f"{self._space}:Journal")
        for name, kind, first in (("Epoch", ua.VariantType.String, ""), ("Head", ua.VariantType.Int64, 0)):
            await journal.add_variable(self._id(f"Journal/{name}"), f"{self._space}:{name}", ua.Variant(first, kind))
            self._types[f"Journal/{name}"] = kind
            await self._write(f"Journal/{name}", None, _now(), ua.StatusCodes.BadWaitingForInitialData)
        await journal.add_method(
            self._id("Journal/Read"), f"{self._space}:Read", self._read_journal(),
            [ua.VariantType.Int64, ua.VariantType.Int32], [ua.VariantType.String],
        )  # fmt: skip

    async def _identify(self, node: Any, device: Device, machinery: int) -> None:
        place = f"{self._plant.site.id}/{device.place}"
        values = dict(zip(IDENTIFICATION, (f"urn:hemovault:{self._plant.site.id}:{device.id}", place), strict=True))
        parent = await node.add_object(self._id(f"{device.id}/Identification"), f"{machinery}:Identification")
        for name, value in values.items():
            await parent.add_property(self._id(f"{device.id}/Identification/{name}"), f"{machinery}:{name}", value)

    async def _add_signal(self, parent: Any, device: Device, signal: Signal, browse_name: str) -> None:
        kind, first = _VARIANT[signal.type]
        node = f"{device.id}/{signal.metric}"
        await parent.add_variable(self._id(node), browse_name, ua.Variant(first, kind))
        self._types[node] = kind
        await self._write(node, None, _now(), ua.StatusCodes.BadWaitingForInitialData)

    async def _add_methods(self, node: Any, device: Device) -> None:
        strings = [ua.VariantType.String, ua.VariantType.String]
        start = self._method(lambda call, job, payload: StartJob(call=call, device=device.id, job=job, payload=payload))
        look = self._method(lambda call, job: JobState(call=call, device=device.id, job=job))
        await node.add_method(self._id(f"{device.id}/StartJob"), f"{self._space}:StartJob", start, strings, strings)
        await node.add_method(
            self._id(f"{device.id}/JobState"), f"{self._space}:JobState", look, [ua.VariantType.String], strings
        )

    def _method(self, make: Callable[..., StartJob | JobState]) -> Callable[..., Awaitable[Any]]:
        async def ask(_parent: ua.NodeId, *arguments: str) -> Any:
            if any(not isinstance(argument, str) for argument in arguments):
                return ua.StatusCode(ua.StatusCodes.BadInvalidArgument)
            answer = await self._ask(lambda call: make(call, *arguments))
            return (answer.status, answer.detail) if isinstance(answer, Answer) else answer

        return uamethod(ask)  # type: ignore[no-any-return]  # asyncua's decorator is not typed

    def _read_journal(self) -> Callable[..., Awaitable[Any]]:
        async def ask(_parent: ua.NodeId, after: int, limit: int) -> Any:
            answer = await self._ask(lambda call: ReadJournal(call=call, after=after, limit=limit))
            return answer.detail if isinstance(answer, Answer) else answer

        return uamethod(ask)  # type: ignore[no-any-return]  # asyncua's decorator is not typed

    async def _ask(self, make: Callable[[int], StartJob | JobState | ReadJournal]) -> Any:
        try:
            return await self._link.call(make)
        except WorldAway:
            return ua.StatusCode(ua.StatusCodes.BadResourceUnavailable)

    # ---- values ----------------------------------------------------------------------------------------------------

    def _on_message(self, message: Values | Reads) -> None:
        if isinstance(message, Values):
            if self._news.full():
                self._news.get_nowait()
            self._news.put_nowait(message)

    async def _follow(self) -> None:
        """Write what the world says; when it falls silent, everything turns bad."""
        while True:
            try:
                async with asyncio.timeout(_LOOK_S):
                    news = await self._news.get()
            except TimeoutError:
                if not self._link.alive:
                    await self._all_bad()
                continue
            for value in news.values:
                await self._show(value)
            latest = max((value.at for value in news.values), default=_now())
            await self._show(SignalValue("Journal/Epoch", news.epoch, latest))
            await self._show(SignalValue("Journal/Head", news.head, latest))

    async def _show(self, value: SignalValue) -> None:
        if value.node not in self._types:
            return
        last = self._written.get(value.node)
        if last is not None:
            is_same = value.value == last[0] and not isinstance(value.value, float)
            if value.at == last[1] or (is_same and value.at - last[1] < _REFRESH):
                return
        status = ua.StatusCodes.Good if value.value is not None else ua.StatusCodes.BadSensorFailure
        await self._write(value.node, value.value, value.at, status)
        self._written[value.node] = (value.value, value.at)

    async def _all_bad(self) -> None:
        for node, (_, at) in list(self._written.items()):
            await self._write(node, None, at, ua.StatusCodes.BadNoCommunication)
        self._written.clear()

    async def _write(self, node: str, value: Value | None, at: datetime, status: int) -> None:
        variant = ua.Variant(None, ua.VariantType.Null) if value is None else ua.Variant(value, self._types[node])
        data = ua.DataValue(variant, StatusCode=ua.StatusCode(status), SourceTimestamp=at)
        await self._server.write_attribute_value(self._id(node), data)


def _now() -> datetime:
    """A timestamp for values that were never known; it lies before every domain time."""
    return datetime(1970, 1, 1, tzinfo=UTC)


def main() -> None:
    """Command line of the child process."""
    parser = argparse.ArgumentParser(description="OPC UA server of one virtual PLC cell")
    parser.add_argument("--plant", type=Path, required=True)
    parser.add_argument("--cell", required=True)
    parser.add_argument("--link-port", type=int, required=True)
    arguments = parser.parse_args()
    plant = read_plant(arguments.plant)
    cell = next((cell for cell in plant.cells if cell.id == arguments.cell), None)
    if cell is None:
        parser.error(f"{arguments.plant} has no cell {arguments.cell!r}")
    run_child(f"plc-{arguments.cell}", PlcServer(plant, cell, arguments.link_port).run())


if __name__ == "__main__":
    main()
