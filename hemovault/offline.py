"""The warehouse opened by a command while no controller runs: nothing is sent to machines."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from hemovault.settings import Settings
from plant.model import Plant
from runtime.clock import Clock
from wms.errors import Unavailable
from wms.machines.outbox import OutgoingCommand
from wms.moves.model import DeviceState
from wms.warehouse import Warehouse, open_warehouse


def open_offline(settings: Settings, plant: Plant, clock: Clock) -> AbstractAsyncContextManager[Warehouse]:
    """Open the warehouse with the lease; raises LeaseTaken while `serve` runs.

    No telemetry runs, so every place counts as out of range and every machine as unknown: unknown is not normal.
    """
    return open_warehouse(
        plant,
        settings.data_dir,
        clock=clock,
        holder="command line",
        excursion_at=lambda _place: True,
        device_state=lambda _device: DeviceState.UNKNOWN,
        publish_command=_nobody_listens,
        database=settings.database_url,
    )


async def _nobody_listens(command: OutgoingCommand) -> None:
    raise Unavailable("offline", f"command {command.id} waits in the outbox until the controller runs")
