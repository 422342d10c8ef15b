"""Edge and host over a real broker: births, data, deaths, rebirth, offsets that nothing loses (Sparkplug 3.0)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from runtime_running import running, until

from runtime import topics
from runtime.clock import Clock
from runtime.health import Health, HealthState
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings
from runtime.sparkplug import edge as edge_module
from runtime.sparkplug.codec import decode, encode
from runtime.sparkplug.edge import SparkplugEdge
from runtime.sparkplug.host import SparkplugHost
from runtime.sparkplug.payload import DataType, Metric, MetricSpec, Payload, Quality, SparkplugError
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch
from runtime.topics import SparkplugKind

SITE = "site"
EDGE = "cell-1"
HOST = topics.primary_host(SITE)
START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DEVICES = {
    "cold-1": (
        MetricSpec("Temperature/Air", DataType.DOUBLE, "Cel"),
        MetricSpec("Door/Open", DataType.BOOLEAN),
        MetricSpec("State", DataType.STRING),
        MetricSpec("Count", DataType.INT32),
    )
}


class Historian:
    """Keeps values and ranges of offsets in one step, as the real one does in one transaction; survives hosts."""

    def __init__(self) -> None:
        self.offsets: dict[tuple[str, str], set[int]] = {}
        self.values: list[tuple[int, int, float, int, bool]] = []
        self.texts: list[tuple[int, int, str]] = []
        self.doubles = 0
        self.presence: list[Presence] = []
        self.acknowledge: Callable[[str, str, int], None] = lambda *_: None
        self.deaf = False

    def marks(self) -> dict[tuple[str, str], int]:
        marks = {}
        for place, offsets in self.offsets.items():
            mark = 0
            while mark + 1 in offsets:
                mark += 1
            marks[place] = mark
        return marks

    def on_batch(self, batch: ReadingBatch) -> None:
        if self.deaf:
            raise ConnectionError("the database is away")
        offsets = self.offsets.setdefault((batch.edge, batch.epoch), set())
        its_own = range(batch.first_offset, batch.last_offset + 1)
        if offsets.issuperset(its_own):
            self.doubles += 1
            return
        offsets.update(its_own)
        rows = zip(batch.source, batch.ts_ms, batch.value, batch.quality, batch.historical, strict=True)
        self.values += [(int(s), int(t), float(v), int(q), bool(h)) for s, t, v, q, h in rows]
        self.texts += batch.texts
        self.acknowledge(batch.edge, batch.epoch, self.marks()[batch.edge, batch.epoch])


def a_host(
    mqtt: MqttSettings, historian: Historian, stored: Callable[[], dict[tuple[str, str], int]] | None = None
) -> SparkplugHost:
    host = SparkplugHost(
        mqtt,
        SITE,
        HOST,
        Clock(),
        on_batch=historian.on_batch,
        on_presence=historian.presence.append,
        stored=stored or historian.marks,
        reorder_s=0.2,
    )
    historian.acknowledge = host.acknowledge
    return host


class Edges:
    """Makes edges on one window file and closes them."""

    def __init__(self, mqtt: MqttSettings, folder: Path, stack: ExitStack) -> None:
        self._mqtt, self._folder, self._stack = mqtt, folder, stack
        self.health = Health()

    def make(self, clock: Clock | None = None) -> SparkplugEdge:
        edge = SparkplugEdge(self._mqtt, SITE, EDGE, DEVICES, clock or Clock(), self._folder / "window.db", self.health)
        self._stack.callback(edge.close)
        return edge


@pytest.fixture
def edges(mqtt_settings: MqttSettings, tmp_path: Path):
    with ExitStack() as stack:
        yield Edges(mqtt_settings, tmp_path, stack)


@pytest.fixture
def historian() -> Historian:
    return Historian()


class Tap:
    """Everything that goes over the broker, decoded."""

    def __init__(self, mqtt: MqttSettings) -> None:
        self.link = MqttLink(mqtt, "tap")
        self.raw: list[Message] = []
        self.link.subscribe("spBv1.0/#", self.raw.append)

    async def run(self) -> None:
        await self.link.run()

    def of(self, *kinds: SparkplugKind) -> list[tuple[SparkplugKind, str | None, Payload, Message]]:
        out = []
        for message in self.raw:
            if "/STATE/" in message.topic:
                continue
            kind, _, device = topics.parse_sparkplug(message.topic)
            if kind in kinds:
                out.append((kind, device, decode(message.payload), message))
        return out

    def states(self) -> list[dict[str, object]]:
        return [msgspec.json.decode(m.payload) for m in self.raw if "/STATE/" in m.topic]


FROM_EDGE = tuple(kind for kind in SparkplugKind if not kind.endswith("CMD") and kind is not SparkplugKind.NDEATH)


def more(rows: Sequence[object], count: int) -> Callable[[], bool]:
    """Whether so many rows have come since this was asked for."""
    before = len(rows)
    return lambda: len(rows) > before + count


def online(historian: Historian, device: str | None) -> bool:
    mine = [presence for presence in historian.presence if presence.device == device]
    return bool(mine) and mine[-1].state is PresenceState.ONLINE


async def test_values_of_all_types_arrive_with_time_and_quality(edges, historian, mqtt_settings) -> None:
    edge, host = edges.make(), a_host(mqtt_settings, historian)
    async with running(edge, host):
        edge.update("cold-1", "Temperature/Air", 4.25, START)
        edge.update("cold-1", "Door/Open", True, START, Quality.UNCERTAIN)
        edge.update("cold-1", "State", "EXECUTE", START)
        edge.update("cold-1", "Count", -7, START)
        edge.update("cold-1", "Temperature/Air", None, START + timedelta(seconds=1))
        await until(lambda: len(historian.values) >= 4 and len(historian.texts) >= 1)
    by_name = {host.registry.key(source)[2]: (ts, v, q) for source, ts, v, q, _ in historian.values if v == v}
    ms = int(START.timestamp() * 1000)
    assert by_name == {
        "Temperature/Air": (ms, 4.25, Quality.GOOD.code),
        "Door/Open": (ms, 1.0, Quality.UNCERTAIN.code),
        "Count": (ms, -7.0, Quality.GOOD.code),
    }
    nulls = {(row[1], row[3]) for row in historian.values if row[2] != row[2]}
    assert nulls == {(ms + 1000, Quality.BAD.code)}
    assert {text for _, _, text in historian.texts} == {"EXECUTE"}
    assert host.registry.key(historian.texts[0][0]) == (EDGE, "cold-1", "State")


async def test_session_obeys_the_sparkplug_order_of_births_and_sequence_numbers(
    edges, historian, mqtt_settings
) -> None:
    """tck-id-topics-nbirth-seq-num, -nbirth-rebirth-metric, -nbirth-bdseq-included, payloads-dbirth-order,
    payloads-ndata-seq-inc, payloads-alias-data-cmd-requirement, topics-nbirth-mqtt, topics-ndeath-seq."""
    tap = Tap(mqtt_settings)
    async with running(tap):
        await until(tap.link.connected.is_set)
        edge, host = edges.make(), a_host(mqtt_settings, historian)
        send, published = edge._link.send, []

        def watched(topic: str, payload: bytes, *, qos: int = 0, retain: bool = False):
            if "NDEATH" not in topic:
                published.append((qos, retain))
            return send(topic, payload, qos=qos, retain=retain)

        edge._link.send = watched
        async with running(edge, host):
            await until(lambda: online(historian, None))
            for number in range(6):
                edge.update("cold-1", "Temperature/Air", float(number), START + timedelta(seconds=number))
                await until(lambda n=number: any(row[2] == float(n) for row in historian.values))
        await until(lambda: bool(tap.of(SparkplugKind.NDEATH)))
    sent = tap.of(*FROM_EDGE)
    kinds = [kind for kind, _, _, _ in sent]
    assert kinds[0] is SparkplugKind.NBIRTH
    assert kinds[1] is SparkplugKind.DBIRTH
    assert [payload.seq for _, _, payload, _ in sent] == [n % 256 for n in range(len(sent))]
    assert all(not message.retain for *_, message in sent)
    assert {(qos, retain) for qos, retain in published} == {(0, False)}  # a broker may raise the QoS it delivers with
    birth = {metric.name: metric for metric in sent[0][2].metrics}
    assert birth["Node Control/Rebirth"].value is False
    assert birth["Node Control/Rebirth"].datatype is DataType.BOOLEAN
    assert birth["Node Control/Rebirth"].alias is None
    dbirth = sent[1][2]
    assert all(m.name and m.alias and m.datatype and m.timestamp for m in dbirth.metrics)
    assert {m.name for m in dbirth.metrics} == {s.name for s in DEVICES["cold-1"]} | {"hv/epoch", "hv/offset"}
    aliases = [m.alias for p in (sent[0][2], dbirth) for m in p.metrics if m.alias is not None]
    assert len(set(aliases)) == len(aliases)  # tck-id-payloads-alias-uniqueness
    for _, _, payload, _ in tap.of(SparkplugKind.DDATA):
        assert all(metric.name is None and metric.alias and metric.timestamp for metric in payload.metrics)
    death = tap.of(SparkplugKind.NDEATH)[-1][2]
    assert death.seq is None
    assert [(m.name, m.value, m.datatype) for m in death.metrics] == [("bdSeq", birth["bdSeq"].value, DataType.INT64)]


async def test_host_says_state_first_and_with_the_timestamp_of_its_will(historian, mqtt_settings) -> None:
    """tck-id-host-topic-phid-birth-payload-timestamp, -birth-retain, -death-payload-disconnect-clean."""
    tap = Tap(mqtt_settings)
    async with running(tap):
        await until(tap.link.connected.is_set)
        async with running(a_host(mqtt_settings, historian)):
            await until(lambda: bool(tap.states()))
        await until(lambda: len(tap.states()) >= 2)
        birth, death = tap.states()
        assert (birth["online"], death["online"]) == (True, False)
        assert death["timestamp"] >= birth["timestamp"]
    late = Tap(mqtt_settings)
    async with running(late):
        await until(lambda: bool(late.states()))
    assert late.raw[0].retain


async def test_host_repeats_its_birth_when_someone_says_it_is_offline(historian, mqtt_settings) -> None:
    """tck-id-message-flow-hid-sparkplug-state-message-delivered"""
    tap = Tap(mqtt_settings)
    async with running(tap, a_host(mqtt_settings, historian)):
        await until(lambda: any(state["online"] for state in tap.states()))
        born = tap.states()[-1]
        await tap.link.publish(topics.state(HOST), b'{"online":false,"timestamp":1}', qos=1, retain=True)
        await until(lambda: len(tap.states()) >= 3)
        assert tap.states()[-1] == born


async def test_edge_is_silent_until_its_primary_host_is_online(edges, historian, mqtt_settings) -> None:
    """tck-id-message-flow-edge-node-birth-publish-phid-wait, operational-behavior-edge-node-termination-host-offline"""
    tap = Tap(mqtt_settings)
    edge = edges.make()
    async with running(tap, edge):
        await until(tap.link.connected.is_set)
        edge.update("cold-1", "Temperature/Air", 3.5, START)
        await until(lambda: edge._window.head == 1 and edge._link.connected.is_set())
        assert tap.of(*FROM_EDGE) == []
        async with running(a_host(mqtt_settings, historian)):
            await until(lambda: any(row[4] for row in historian.values))  # made while nobody listened: historical
        await until(lambda: bool(tap.of(SparkplugKind.NDEATH)))
        await until(lambda: edge._link.connected.is_set() and not edge._born)
        await until(lambda: "primary host is away" in edges.health.part("state").detail)
        assert edges.health.part("state").state is HealthState.DEGRADED


async def test_old_offline_state_does_not_end_a_session(edges, historian, mqtt_settings) -> None:
    """tck-id-operational-behavior-edge-node-termination-host-offline-timestamp"""
    edge = edges.make()
    async with running(edge, a_host(mqtt_settings, historian)):
        await until(lambda: edge._born)
        since = edge._host_since
        edge._on_state(Message("s", b'{"online":false,"timestamp":1}', 1, False))
        assert (edge._born, edge._host_since) == (True, since)


async def test_rebirth_request_gives_a_whole_birth_sequence_with_the_same_bdseq(
    edges, historian, mqtt_settings
) -> None:
    """tck-id-operational-behavior-data-commands-rebirth-action-1 to -3"""
    tap, edge = Tap(mqtt_settings), edges.make()
    async with running(tap, edge, a_host(mqtt_settings, historian)):
        await until(lambda: len(tap.of(SparkplugKind.DBIRTH)) == 1)
        command = encode(Payload(timestamp=1, metrics=(Metric(name="Node Control/Rebirth", value=True),)))
        await tap.link.publish(topics.sparkplug(SITE, SparkplugKind.NCMD, EDGE), command)
        await until(lambda: len(tap.of(SparkplugKind.DBIRTH)) == 2)
    births = [next(m.value for m in p.metrics if m.name == "bdSeq") for _, _, p, _ in tap.of(SparkplugKind.NBIRTH)]
    assert births[0] == births[1]
    assert [p.seq for _, _, p, _ in tap.of(SparkplugKind.NBIRTH)] == [0, 0]


async def test_lost_message_leads_to_a_rebirth_and_nothing_is_missing(edges, historian, mqtt_settings) -> None:
    """tck-id-operational-behavior-host-reordering-rebirth"""
    edge_module.RESEND_AFTER_S, before = 0.5, edge_module.RESEND_AFTER_S
    tap, edge = Tap(mqtt_settings), edges.make()
    try:
        async with running(tap, edge, a_host(mqtt_settings, historian)):
            await until(lambda: online(historian, "cold-1") or edge._born)
            edge._seq = (edge._seq + 1) % 256  # as if one had been lost on the way
            for number in range(5):
                edge.update("cold-1", "Temperature/Air", float(number), START + timedelta(seconds=number))
                await until(lambda n=number: edge._window.head > n)
            await until(lambda: len(tap.of(SparkplugKind.NCMD)) >= 1)
            await until(lambda: len(tap.of(SparkplugKind.NBIRTH)) >= 2)
            await until(lambda: edge._window.stored == edge._window.head)
    finally:
        edge_module.RESEND_AFTER_S = before
    assert {row[2] for row in historian.values} == {0.0, 1.0, 2.0, 3.0, 4.0}


async def test_device_death_and_birth_are_told_with_their_sources(edges, historian, mqtt_settings) -> None:
    """tck-id-operational-behavior-device-ddeath, -edge-node-termination-host-action-ddeath-devices-offline"""
    edge, host = edges.make(), a_host(mqtt_settings, historian)
    async with running(edge, host):
        edge.device_found("cold-1")
        await until(lambda: online(historian, "cold-1"))
        edge.device_lost("cold-1")
        await until(lambda: not online(historian, "cold-1"))
        gone = historian.presence[-1]
        assert {host.registry.key(source)[2] for source in gone.sources} == {s.name for s in DEVICES["cold-1"]}
        edge.device_found("cold-1")
        await until(lambda: online(historian, "cold-1"))


async def test_edge_that_ends_is_offline_with_all_its_devices(edges, historian, mqtt_settings) -> None:
    """tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline and -devices-offline"""
    async with running(a_host(mqtt_settings, historian)):
        edge = edges.make()
        async with running(edge):
            edge.device_found("cold-1")
            await until(lambda: online(historian, "cold-1"))
        await until(lambda: not online(historian, None))
        assert not online(historian, "cold-1")


async def test_death_of_an_earlier_connection_does_not_end_the_session(edges, historian, mqtt_settings) -> None:
    tap = Tap(mqtt_settings)
    async with running(tap, edges.make(), a_host(mqtt_settings, historian)):
        await until(lambda: online(historian, None))
        old = encode(Payload(metrics=(Metric(name="bdSeq", datatype=DataType.INT64, value=200),)))
        await tap.link.publish(topics.sparkplug(SITE, SparkplugKind.NDEATH, EDGE), old, qos=1)
        command = encode(Payload(metrics=(Metric(name="Node Control/Rebirth", value=True),)))
        await tap.link.publish(topics.sparkplug(SITE, SparkplugKind.NCMD, EDGE), command)
        await until(lambda: len([p for p in historian.presence if p.device is None]) >= 2)
    assert all(p.state is PresenceState.ONLINE for p in historian.presence[:2] if p.device is None)


async def test_no_offset_is_lost_when_broker_host_and_edge_die_in_turn(
    edges, historian, broker, mqtt_settings, monkeypatch
) -> None:
    monkeypatch.setattr(edge_module, "RESEND_AFTER_S", 0.5)
    sent: list[float] = []

    async def speak(edge: SparkplugEdge) -> None:
        while True:
            value = float(len(sent))
            edge.update("cold-1", "Temperature/Air", value, START + timedelta(seconds=len(sent)))
            sent.append(value)
            await asyncio.sleep(0.01)

    edge = edges.make()
    async with running(edge, speak(edge)):
        async with running(a_host(mqtt_settings, historian)):
            await until(lambda: len(historian.values) > 20)
            await asyncio.to_thread(broker.kill)
            await until(more(sent, 30))
            await asyncio.to_thread(broker.start)
            await until(more(historian.values, 60))
        await until(more(sent, 30))  # the host is gone
        async with running(a_host(mqtt_settings, historian)):
            await until(more(historian.values, 60))
    edge = edges.make()  # the edge restarts on its window
    async with running(edge, a_host(mqtt_settings, historian)):
        await until(lambda: edge._window.stored == edge._window.head)
    got = sorted(row[2] for row in historian.values)
    assert sorted(set(got)) == sent
    (place,) = historian.offsets
    assert historian.marks()[place] == max(historian.offsets[place])


async def test_edge_and_host_can_be_run_again(edges, historian, mqtt_settings) -> None:
    edge, host = edges.make(), a_host(mqtt_settings, historian)
    for value in (1.0, 2.0):
        async with running(edge, host):
            edge.update("cold-1", "Temperature/Air", value, START + timedelta(seconds=value))
            await until(lambda v=value: v in {row[2] for row in historian.values})


async def test_batch_that_was_not_taken_comes_again(edges, historian, mqtt_settings, monkeypatch) -> None:
    monkeypatch.setattr(edge_module, "RESEND_AFTER_S", 0.3)
    historian.deaf = True
    edge = edges.make()
    async with running(edge, a_host(mqtt_settings, historian)):
        edge.update("cold-1", "Temperature/Air", 4.0, START)
        await until(lambda: edge._window.head >= 1 and edge._born)
        historian.deaf = False
        await until(lambda: edge._window.stored == edge._window.head)
    assert 4.0 in {row[2] for row in historian.values}


async def test_what_a_host_took_along_when_it_went_is_sent_again_as_soon_as_one_is_there(
    edges, historian, mqtt_settings, monkeypatch
) -> None:
    monkeypatch.setattr(edge_module, "RESEND_AFTER_S", 3_600.0)  # not because time went by
    edge = edges.make()
    async with running(edge):
        historian.deaf = True
        async with running(a_host(mqtt_settings, historian)):
            await until(lambda: edge._born)
            edge.update("cold-1", "Temperature/Air", 4.0, START)
            await until(lambda: edge._window.head >= 1 and not edge._in_flight.due(0, 1, time.monotonic()))
        historian.deaf = False
        async with running(a_host(mqtt_settings, historian)):
            await until(lambda: edge._window.stored == edge._window.head)
    assert {row[2] for row in historian.values} == {4.0}


async def test_offsets_that_are_gone_are_named_as_empty(edges, historian, mqtt_settings) -> None:
    edge = edges.make()
    for number in range(4):
        edge.update("cold-1", "Temperature/Air", float(number), START + timedelta(seconds=number))
        edge._collect()
        edge._put_on_disk(None)
    edge._window._db.execute('delete from message where "offset" in (2, 3)')
    async with running(edge, a_host(mqtt_settings, historian)):
        await until(lambda: edge._window.stored >= 4)
    assert {row[2] for row in historian.values} == {0.0, 3.0}


async def test_historian_restored_from_a_backup_is_told_what_is_gone(edges, historian, mqtt_settings) -> None:
    edge = edges.make()
    async with running(edge):
        async with running(a_host(mqtt_settings, historian)):
            edge.update("cold-1", "Temperature/Air", 1.0, START)
            await until(lambda: edge._window.stored == edge._window.head > 0)
            edge._window._head = edge._window._stored = 5_000  # as after a day
            edge.update("cold-1", "Temperature/Air", 2.0, START + timedelta(seconds=1))
            await until(lambda: edge._window.head == 5_001)
        historian.offsets = {place: {1} for place in historian.offsets}
        async with running(a_host(mqtt_settings, historian)):
            await until(lambda: historian.marks() != {} and min(historian.marks().values()) > 5_000)
    assert 2.0 in {row[2] for row in historian.values}


async def test_more_that_is_gone_than_was_said_a_moment_ago_is_stored_at_once(
    edges, historian, mqtt_settings, monkeypatch
) -> None:
    """An edge that starts to tell from a mark that is too high has told a range with the same end already."""
    monkeypatch.setattr(edge_module, "RESEND_AFTER_S", 3_600.0)  # saying it once must do
    edge = edges.make()
    edge._window._head = edge._window._stored = 5_000  # as after a day
    place = (EDGE, edge._window.epoch)
    historian.offsets = {place: {1}}
    async with running(edge, a_host(mqtt_settings, historian, stored=lambda: {place: 2})):
        await until(lambda: historian.marks()[place] == 5_000)


async def test_steady_value_is_published_again_after_a_minute_of_domain_time(edges, historian, mqtt_settings) -> None:
    clock = Clock(anchor_domain=START, anchor_system=datetime.now(UTC), rate=60)
    edge = edges.make(clock)
    async with running(edge, a_host(mqtt_settings, historian)):

        async def steady() -> None:
            while True:
                edge.update("cold-1", "Temperature/Air", 4.0, clock.now())
                await asyncio.sleep(0.02)

        async with running(steady()):
            await until(lambda: len(historian.values) >= 3)
    times = np.diff(sorted(row[1] for row in historian.values))
    assert times.max() < 70_000


def test_values_that_do_not_fit_are_refused_by_name(edges) -> None:
    edge = edges.make()
    with pytest.raises(SparkplugError, match="no device 'cold-9'"):
        edge.update("cold-9", "Temperature/Air", 4.0, START)
    with pytest.raises(SparkplugError, match="no metric 'Humidity'"):
        edge.update("cold-1", "Humidity", 4.0, START)
    for metric, value in (("Temperature/Air", "warm"), ("Door/Open", 1), ("Count", 1 << 40), ("State", 4.0)):
        with pytest.raises(SparkplugError, match="is not a"):
            edge.update("cold-1", metric, value, START)
