"""`serve`: the warehouse controller, telemetry, planner, API and web app in one process, wired here and only here."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Final

import uvicorn
from fastapi import FastAPI

from allocation.model import load_policy
from dashboards.app import create_app
from dashboards.context import House, Telemetry, WebOptions
from dashboards.health_board import HealthBoard
from dashboards.live_feed import LiveFeed
from hemovault.commands.site import show_credentials
from hemovault.services.backlogs import Backlogs
from hemovault.services.certificates import Certificates
from hemovault.services.clockwork import add_ticks
from hemovault.services.forecasts import ChamberForecasts
from hemovault.services.logger_readings import LoggerReadings
from hemovault.services.notifier import Notifier
from hemovault.services.notify_channels import open_channels
from hemovault.services.passports import Passports
from hemovault.services.probe_rules import ProbeRules, rules_of
from hemovault.services.telemetry_link import AlarmFeed, deliver_on, device_states, tell_what_was_lost
from hemovault.services.temperature_records import TemperatureRecords
from hemovault.settings import Settings
from plant.model import Plant
from runtime import topics
from runtime.clock import Clock
from runtime.commands import Command, publish_command
from runtime.facts.receiver import FactReceiver
from runtime.health import Health, health_will, publish_health
from runtime.mqtt import Message, MqttLink
from runtime.sparkplug.host import SparkplugHost
from runtime.sparkplug.readings import Presence
from runtime.supervise import supervise
from telemetry.duckdb_store import DuckDbStore
from telemetry.flux import Archive, FluxHistory
from telemetry.ingest import Ingest, prepared_registry
from telemetry.mirror import InfluxMirror
from telemetry.thermal.forecasts import Forecasts
from telemetry.worker import IngestThread
from wms.alarms.feed import standing_conditions
from wms.machines.outbox import OutgoingCommand
from wms.orders.planner import WAKES, Planner
from wms.orders.solver import SolverClient
from wms.passports.compute import History
from wms.passports.needed import oldest_needed
from wms.people.first_start import first_start
from wms.people.passwords import Hashing
from wms.warehouse import Warehouse, open_warehouse

SERVICE: Final = "serve"
_GOODBYE_S: Final = 2
"""Real seconds that open requests get when the service stops; live streams end at once."""


async def run_serve(settings: Settings, plant: Plant, clock: Clock) -> None:
    """Run the controller of a site until cancelled. Raises LeaseTaken when another one runs here."""
    site, health, board = plant.site.id, Health(), HealthBoard()
    async with AsyncExitStack() as closing:
        listener = closing.enter_context(contextlib.closing(_listen(settings.web.listen, settings.web.port)))
        store = DuckDbStore(settings.data_dir / "telemetry.duckdb")
        closing.callback(store.close)
        registry = prepared_registry(plant, store)
        mirror = _mirror(settings)
        ingest = Ingest(plant, store, registry, now=clock.now(), mirror=mirror)
        forecasts = Forecasts(plant, store, registry)
        ingest.live.foretell_by(forecasts.left)

        link = MqttLink(settings.mqtt, f"{site}.{SERVICE}", will=health_will(site, SERVICE, clock))
        edges = plant.edge_by_device

        async def publish(command: OutgoingCommand) -> None:
            await publish_command(
                link,
                site,
                edges[command.device],
                Command(
                    id=command.id,
                    device=command.device,
                    type=command.type,
                    data=command.data,
                    issued_real=command.issued_real,
                    deadline_real=command.deadline_real,
                ),
            )

        warehouse = await closing.enter_async_context(
            open_warehouse(
                plant,
                settings.data_dir,
                clock=clock,
                holder=SERVICE,
                excursion_at=ingest.live.excursion_at,
                device_state=device_states(ingest.texts),
                publish_command=publish,
                health=health.part("floor"),
                database=settings.database_url,
            )
        )
        with warehouse.read() as conn:
            ingest.use(*rules_of(conn, plant))
            ingest.resume(standing_conditions(conn))
        ingest.housekeeping.keep(settings.telemetry.retention, lambda: _oldest_needed(warehouse))
        await tell_what_was_lost(warehouse, store, registry)
        show_credentials(
            await first_start(warehouse.writer, warehouse.database, plant, settings.agents_file, Hashing()),
            lambda line: print(line, file=sys.stdout, flush=True),  # noqa: T201 - the one time passwords are shown
        )
        add_ticks(warehouse)

        records = TemperatureRecords(warehouse, store, registry, health.part("temperature records"))
        passports = Passports(warehouse, History(plant, store, registry), health.part("passports"))
        solver = SolverClient(settings.solve_socket)
        planner = Planner(warehouse, solver.solve, load_policy(), ingest.live.excursion_at, health.part("planner"))
        receiver = FactReceiver(
            link,
            site,
            controller=f"{site}.{SERVICE}",
            term=warehouse.term,
            apply=warehouse.apply_facts,
            marks=warehouse.marks(),
            health=health.part("facts"),
        )
        app = create_app(
            warehouse,
            Telemetry(ingest.live, ingest.texts, store, registry, ingest.counts, _archive(settings, clock, closing)),
            health=board,
            options=WebOptions(
                simulated=settings.simulated,
                bench_url=f"http://127.0.0.1:{settings.simulate.http_port}" if settings.simulated else None,
                origins=settings.web.origins,
            ),
        )
        feed: LiveFeed = app.state.feed
        house: House = app.state.house
        notifier = Notifier(
            warehouse,
            open_channels(settings.notify, clock.real_now, lambda: house.stream.clients),
            house.forecast,
            health.part("notices"),
            link=settings.notify.link or settings.api_url,
            most_per_minute=settings.notify.most_per_minute,
        )
        alarms = AlarmFeed(warehouse, health.part("alarms"))
        deliver = deliver_on(
            asyncio.get_running_loop(),
            alarms,
            lambda edge, epoch, mark: host.acknowledge(edge, epoch, mark),  # noqa: PLW0108 - the host comes later
            feed.heard,
        )
        thread = IngestThread(ingest, clock, deliver, health.part("telemetry"))
        loggers = LoggerReadings(warehouse, registry, thread.submit, ingest.stored, health.part("logger files"))

        def on_presence(presence: Presence) -> None:
            thread.submit(presence)
            alarms.tell(presence)

        host = SparkplugHost(
            settings.mqtt,
            site,
            topics.primary_host(site),
            clock,
            on_batch=thread.submit,
            on_presence=on_presence,
            stored=ingest.stored,
            registry=registry,
        )
        backlogs = Backlogs(warehouse)

        def on_health(message: Message) -> None:
            board.hear_message(message)
            backlogs.hear_message(message)

        link.subscribe(topics.health(site, topics.ANY), on_health)
        closing.callback(board.hear, health.report(SERVICE, clock))

        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "link": link.run,
            "state": host.run,
            "facts": receiver.run,
            "telemetry": thread.run,
            "alarms": alarms.run,
            "absent": alarms.watch_for_absent,
            "floor": warehouse.run,
            "temperature records": records.run,
            "backlogs": backlogs.run,
            "probe rules": ProbeRules(warehouse, ingest).run,
            "chamber forecasts": ChamberForecasts(forecasts, clock, health.part("chamber forecasts")).run,
            "passports": passports.run,
            "logger files": loggers.run,
            "notices": notifier.run,
            "planner": planner.run,
            "planner bell": lambda: _ring(warehouse, planner),
            "health": lambda: publish_health(link, site, SERVICE, health, clock),
            "web": lambda: _serve_web(app, listener),
        }
        if settings.certificates.files:
            certificates = Certificates(warehouse, settings.certificates.files, settings.certificates.warn_days)
            parts["certificates"] = certificates.run
        if mirror is not None:
            parts["mirror"] = lambda: mirror.run(clock, health.part("mirror"))
        async with asyncio.TaskGroup() as tasks:
            for name, run in parts.items():
                tasks.create_task(supervise(name, run, health.part(f"task {name}")), name=name)


async def _ring(warehouse: Warehouse, planner: Planner) -> None:
    """Wake the planner when a commit changed what a plan depends on, or when changes were missed."""
    async for change in warehouse.subscribe():
        if not WAKES.isdisjoint(change.topics) or "reset" in change.topics:
            planner.wake()


def _oldest_needed(warehouse: Warehouse) -> int | None:
    with warehouse.read() as conn:
        oldest_us = oldest_needed(conn)
    return None if oldest_us is None else oldest_us // 1000


def _mirror(settings: Settings) -> InfluxMirror | None:
    influx = settings.influx
    if influx is None:
        return None
    return InfluxMirror(
        settings.data_dir / "mirror.db",
        url=influx.url,
        token=influx.token.get_secret_value(),
        org=influx.org,
        bucket=influx.bucket,
    )


def _archive(settings: Settings, clock: Clock, closing: AsyncExitStack) -> Archive | None:
    """Where the history of long ago is read, if the settings say so."""
    influx, older_than_days = settings.influx, settings.telemetry.read_older_than_days
    if influx is None or older_than_days is None:
        return None
    token = influx.token.get_secret_value()
    history = FluxHistory(url=influx.url, token=token, org=influx.org, bucket=influx.bucket)
    closing.callback(history.close)
    return Archive(history, clock, older_than_days)


def _listen(host: str, port: int) -> socket.socket:
    """Bind before anything is opened, so that a busy port is the first and only thing a person is told."""
    listener = socket.create_server((host, port), backlog=2048)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each small answer waits 40 ms for an ACK
    listener.setblocking(False)
    return listener


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command that runs the service."""
        yield


async def _serve_web(app: FastAPI, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_GOODBYE_S
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener.dup()]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        app.state.house.stream.drop_all()
        server.should_exit = True
        await serving
        raise
