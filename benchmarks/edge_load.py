"""An edge of many cold rooms as a process: `python -m benchmarks.edge_load CONFIG PER_SECOND CROSSINGS_PER_SECOND OUT`.

The real `SparkplugEdge`, fed at an even pace. After a while one probe after the other crosses its upper limit and stays
above it; when all have, OUT gets a line `PROBE INSTANT` each: the UTC time stamp of the first reading above.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

from benchmarks.rooms import AIR, CELL, EDGE, LIMIT_C, LOAD
from hemovault.settings import Settings, load_settings
from plant.load import load_plant
from plant.model import Plant
from plc_bridge.service import metrics_of
from runtime.clock import Clock
from runtime.health import Health
from runtime.sparkplug.edge import SparkplugEdge

TICK_S: Final = 0.01
CALM_S: Final = 8.0
"""Real seconds of normal values before the first one crosses its limit."""
AFTER_S: Final = 5.0
_OUTSIDE_C: Final = LIMIT_C + 3.0
_METRICS: Final = {AIR: "air", LOAD: "load"}


class _Load:
    """Feeds the edge: `readings_per_s` in all, each probe in its turn."""

    def __init__(self, edge: SparkplugEdge, plant: Plant, readings_per_s: int, crossings_per_s: float) -> None:
        self._edge, self._clock = edge, Clock()
        self._per_s, self._crossings_per_s = readings_per_s, crossings_per_s
        self.probes = [(device.id, metric) for device in plant.devices_of(CELL) for metric in _METRICS]
        self.crossed: dict[str, str] = {}

    async def run(self) -> None:
        """Until every probe has crossed and a little longer."""
        loop = asyncio.get_running_loop()
        begun, sent = loop.time(), 0
        ends = CALM_S + len(self.probes) / self._crossings_per_s + AFTER_S
        while (passed := loop.time() - begun) < ends:
            above = int(max(0.0, passed - CALM_S) * self._crossings_per_s)
            due = int(passed * self._per_s) - sent
            for number in range(sent, sent + due):
                self._tell(number, above)
            sent += due
            await asyncio.sleep(TICK_S)

    def _tell(self, number: int, above: int) -> None:
        turn, which = divmod(number, len(self.probes))
        device, metric = self.probes[which]
        at = self._clock.real_now()
        outside = which < above
        self._edge.update(device, metric, (_OUTSIDE_C if outside else 4.0) + turn % 10 / 100, at)
        if outside:
            self.crossed.setdefault(f"{device}-{_METRICS[metric]}", at.isoformat())


async def run(settings: Settings, readings_per_s: int, crossings_per_s: float, out: Path) -> None:
    """Run the load once and write down when each probe crossed."""
    plant, clock = load_plant(settings.plant), Clock()
    edge = SparkplugEdge(
        settings.mqtt,
        plant.site.id,
        EDGE,
        metrics_of(plant, CELL),
        clock,
        settings.data_dir / f"{EDGE}.window.db",
        Health(),
    )
    running = asyncio.ensure_future(edge.run())
    load = _Load(edge, plant, readings_per_s, crossings_per_s)
    await load.run()
    running.cancel()
    await asyncio.wait([running])
    edge.close()
    lines = "".join(f"{probe} {at}\n" for probe, at in load.crossed.items())
    await asyncio.to_thread(out.write_text, lines, encoding="ascii")


if __name__ == "__main__":
    asyncio.run(run(load_settings(Path(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])))
