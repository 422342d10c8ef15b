"""The folder of a demo centre: settings, plant on free ports, clock. Made once, re-opened ever after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import tomlkit

from hemovault.ports import free_port, plant_with_free_ports
from hemovault.processes import ServiceProcess
from hemovault.settings import Settings, load_settings
from plant.load import demo_text, load_plant
from plant.model import Plant
from runtime.clock import Clock, load_clock, write_clock

DEMO_RATE: Final = 60.0
_OPENING_HOUR: Final = 9  # the demo opens on a working morning, site time
_AFTER_LEDGER: Final = timedelta(seconds=1)  # never before the ledger


class Opening(StrEnum):
    """What lies on the shelves when a demo opens: bags at every stage, or nothing."""

    FULL = "full"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What a demo is made with; tests ask for another pace, rate or number of donations."""

    data_dir: Path
    web_port: int = 8642
    rate: float = DEMO_RATE
    pace: str = "demo"
    seed: int = 20261122
    max_donations: int | None = None
    opening: Opening = Opening.FULL
    mqtt_port: int | None = None
    """A broker of somebody else on this machine; without it the demo runs the embedded one."""


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A demo folder ready to be started."""

    config: Path
    settings: Settings
    plant: Plant
    clock: Clock
    fresh: bool


def write_demo_site(plan: DemoPlan, now: datetime, ledger_time: datetime | None) -> DemoSite:
    """Write (or re-open) the demo folder; its time goes on from the last ledger time, or from a morning.

    `now` is real time. Ports are chosen anew at each start, everything else is kept. The clock runs at rate 1 while the
    site is prepared; `start_clock` sets it off.
    """
    plan.data_dir.mkdir(parents=True, exist_ok=True)
    taken: set[int] = set()
    ports = {
        name: free_port(wanted, taken) for name, wanted in (("web", plan.web_port), ("world", 8643), ("mqtt", 18830))
    }
    plant_file = plan.data_dir / "plant.toml"
    fresh = ledger_time is None
    source = demo_text() if fresh or not plant_file.is_file() else plant_file.read_text(encoding="utf-8")
    plant_file.write_text(plant_with_free_ports(source, taken), encoding="utf-8")
    plant = load_plant(plant_file)
    clock_file = plan.data_dir / "clock.json"
    anchor = _morning(plant, now) if ledger_time is None else ledger_time + _AFTER_LEDGER
    write_clock(clock_file, anchor_domain=anchor, anchor_system=now, rate=1.0)
    config = plan.data_dir / "hemovault.toml"
    config.write_text(tomlkit.dumps(_document(plan, ports)), encoding="utf-8")
    return DemoSite(config, load_settings(config), plant, load_clock(clock_file), fresh)


def start_clock(plan: DemoPlan, site: DemoSite) -> DemoSite:
    """Let time run at the plan's rate from where the prepared site stands; the services read this clock."""
    clock_file = plan.data_dir / "clock.json"
    write_clock(clock_file, anchor_domain=site.clock.now(), anchor_system=site.clock.real_now(), rate=plan.rate)
    return replace(site, clock=load_clock(clock_file))


def demo_services(plan: DemoPlan, plant: Plant, settings: Settings) -> list[ServiceProcess]:
    """The services of design.md 3 as processes in the order of their start: the plant before its controller."""
    bridges = [
        ServiceProcess(f"bridge-{cell.id}", ("bridge", "--cell", cell.id), f"OPC UA {cell.url} to MQTT")
        for cell in plant.cells
    ]
    groups = sorted({reader.group for reader in plant.readers})
    readers = [
        ServiceProcess(
            group,
            ("rfid", "--group", group),
            f"{sum(r.group == group for r in plant.readers)} LLRP readers to tag crossings",
        )
        for group in groups
    ]
    machines = (*(urlsplit(cell.url).port or 0 for cell in plant.cells), *(reader.port for reader in plant.readers))
    broker, web = settings.broker, settings.web
    embedded = ServiceProcess("broker", ("broker",), f"MQTT on {broker.listen}:{broker.port}", (broker.port,))
    return [
        *([embedded] if plan.mqtt_port is None else []),
        ServiceProcess("simulate", ("simulate",), f"the virtual centre, clock at {DEMO_RATE:g}x", machines),
        ServiceProcess("solve", ("solve",), "allocation worker"),
        *bridges,
        *readers,
        ServiceProcess(
            "serve", ("serve",), f"controller, telemetry, API and web on {web.listen}:{web.port}", (web.port,)
        ),
    ]


def _morning(plant: Plant, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(plant.site.timezone))
    return local.replace(hour=_OPENING_HOUR, minute=0, second=0, microsecond=0).astimezone(UTC)


def _document(plan: DemoPlan, ports: dict[str, int]) -> dict[str, object]:
    simulate: dict[str, object] = {"seed": plan.seed, "pace": plan.pace, "http_port": ports["world"]}
    if plan.max_donations is not None:
        simulate["max_donations"] = plan.max_donations
    return {
        "data_dir": ".",
        "plant": "plant.toml",
        "clock": "clock.json",
        "simulated": True,
        "mqtt": {"host": "127.0.0.1", "port": plan.mqtt_port or ports["mqtt"]},
        "broker": {"listen": "127.0.0.1", "port": ports["mqtt"]},
        "web": {"listen": "127.0.0.1", "port": ports["web"]},
        "simulate": simulate,
    }
