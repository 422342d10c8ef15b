"""Facts from edge to controller over a real broker: whatever dies in between, each is applied once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from runtime_running import running, until

from runtime import topics
from runtime.clock import Clock
from runtime.facts import edge as edge_module
from runtime.facts.acks import Ack, Mark
from runtime.facts.edge import FactEdge
from runtime.facts.envelope import SPOOL_LOST, decode_envelope
from runtime.facts.receiver import FactReceiver, RawFact
from runtime.facts.spool import FactSpool, SpoolEntry, SpoolFull
from runtime.health import Health, HealthState
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings

SITE = "site"
EDGE = "cell-1"
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Happened(msgspec.Struct, frozen=True):
    number: int


class Database:
    """Applies facts as the warehouse does: one transaction for effect and mark. Survives controllers."""

    def __init__(self) -> None:
        self.applied: list[int] = []
        self.types: list[str] = []
        self.marks: dict[tuple[str, str], int] = {}
        self.parked: list[RawFact] = []
        self.blocked = asyncio.Event()
        self.blocked.set()
        self.fail_next = 0
        self.calls = 0

    async def apply(self, facts: Sequence[RawFact]) -> Sequence[Mark]:
        self.calls += 1
        await self.blocked.wait()
        if self.fail_next:
            self.fail_next -= 1
            raise ConnectionError("the database is away")
        touched = set()
        for fact in facts:
            if fact.epoch is None or fact.seq is None:
                self.parked.append(fact)
                continue
            envelope = decode_envelope(fact.raw)
            self.types.append(envelope.type)
            if envelope.type != SPOOL_LOST:
                assert fact.seq == self.marks.get((fact.edge, fact.epoch), 0) + 1
                self.applied.append(msgspec.json.decode(envelope.data, type=Happened).number)
            self.marks[fact.edge, fact.epoch] = fact.seq
            touched.add((fact.edge, fact.epoch))
        return [Mark(edge, epoch, self.marks[edge, epoch]) for edge, epoch in touched]


class Controller:
    """A controller process: a link and a receiver with a term of their own."""

    def __init__(self, mqtt: MqttSettings, database: Database, term: int = 1) -> None:
        self.link = MqttLink(mqtt, "controller")
        marks = [Mark(edge, epoch, mark) for (edge, epoch), mark in database.marks.items()]
        self.receiver = FactReceiver(self.link, SITE, controller="c", term=term, apply=database.apply, marks=marks)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.link.run())
            tasks.create_task(self.receiver.run())


@pytest.fixture
def spool(tmp_path: Path):
    spool = FactSpool(tmp_path / "spool.db", EDGE)
    yield spool
    spool.close()


def an_edge(mqtt: MqttSettings, spool: FactSpool, health: Health | None = None) -> FactEdge:
    return FactEdge(mqtt, SITE, spool, Clock(), health or Health())


async def record(edge: FactEdge, numbers: Sequence[int]) -> None:
    for number in numbers:
        await edge.record("org.hemovault.test.happened.v1", Happened(number), AT)


async def test_each_fact_is_applied_once_and_in_order(mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    async with running(edge, Controller(mqtt_settings, database)):
        await asyncio.gather(*(record(edge, [n]) for n in range(300)))
        await until(lambda: spool.acknowledged == 300)
    assert sorted(database.applied) == list(range(300))


async def test_facts_survive_the_broker_being_killed_again_and_again(broker, mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    count = 400

    async def work() -> None:
        for number in range(count):
            await record(edge, [number])
            await asyncio.sleep(0.005)

    async with running(edge, Controller(mqtt_settings, database)):
        working = asyncio.create_task(work())
        for cut in (60, 200):
            await until(lambda n=cut: len(database.applied) >= n)
            await asyncio.to_thread(broker.kill)
            await until(lambda n=spool.head: spool.head >= min(n + 50, count))
            await asyncio.to_thread(broker.start)
        await working
        await until(lambda: spool.acknowledged == count)
    assert database.applied == list(range(count))


async def test_fact_with_puback_but_without_commit_is_given_to_the_next_controller(mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    async with running(edge):
        await until(edge.link.connected.is_set)
        database.blocked.clear()
        async with running(Controller(mqtt_settings, database, term=1)):
            await record(edge, range(25))
            await until(lambda: database.calls > 0 and edge._sent == 25)  # the broker has all of them
        assert (database.applied, spool.acknowledged) == ([], 0)
        database.blocked.set()
        async with running(Controller(mqtt_settings, database, term=2)):
            await until(lambda: spool.acknowledged == 25)
    assert database.applied == list(range(25))


async def test_receiver_that_is_started_again_accepts_what_it_had_taken(mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    controller = Controller(mqtt_settings, database)
    database.blocked.clear()
    async with running(edge):
        async with running(controller):
            await record(edge, range(5))
            await until(lambda: database.calls > 0)
        database.blocked.set()
        async with running(controller):  # the same object: supervision restarts it
            await until(lambda: spool.acknowledged == 5)
    assert database.applied == list(range(5))


async def test_failing_transaction_is_tried_again_with_the_same_facts(mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    database.fail_next = 2
    async with running(edge, Controller(mqtt_settings, database)):
        await record(edge, range(10))
        await until(lambda: spool.acknowledged == 10)
    assert database.applied == list(range(10))


async def test_unacknowledged_facts_are_sent_again_after_a_while(mqtt_settings, spool, monkeypatch) -> None:
    monkeypatch.setattr(edge_module, "RESEND_AFTER_S", 0.3)
    database, edge = Database(), an_edge(mqtt_settings, spool)
    async with running(edge):
        await until(edge.link.connected.is_set)
        await record(edge, range(5))
        await until(lambda: edge._sent == 5)
        deaf = Controller(mqtt_settings, database)
        drop, deaf.receiver._on_hello = deaf.receiver._on_hello, lambda _message: None
        assert drop
        async with running(deaf):
            await until(lambda: spool.acknowledged == 5)
    assert database.applied == list(range(5))


async def test_edge_restart_sends_only_what_is_not_acknowledged(mqtt_settings, spool, tmp_path) -> None:
    database = Database()
    async with running(Controller(mqtt_settings, database)):
        edge = an_edge(mqtt_settings, spool)
        async with running(edge):
            await record(edge, range(5))
            await until(lambda: spool.acknowledged == 5)
        await record(edge, range(5, 10))  # while it is not running
        spool.close()
        again = FactSpool(tmp_path / "spool.db", EDGE)
        async with running(an_edge(mqtt_settings, again)):
            await until(lambda: again.acknowledged == 10)
        again.close()
    assert database.applied == list(range(10))


async def test_controller_restored_from_a_backup_gets_the_facts_again(mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    async with running(edge):
        async with running(Controller(mqtt_settings, database, term=1)):
            await record(edge, range(10))
            await until(lambda: spool.acknowledged == 10)
        database.applied = database.applied[:4]
        database.marks = dict.fromkeys(database.marks, 4)
        async with running(Controller(mqtt_settings, database, term=2)):
            await until(lambda: len(database.applied) == 10 and spool.acknowledged == 10)
    assert database.applied == list(range(10))


async def test_controller_restored_under_a_term_that_was_used_before_gets_the_facts_again_too(
    mqtt_settings, spool
) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    async with running(edge):
        async with running(Controller(mqtt_settings, database, term=7)):
            await record(edge, range(10))
            await until(lambda: spool.acknowledged == 10)
        restored = Database()
        restored.marks[EDGE, spool.epoch] = 4
        async with running(Controller(mqtt_settings, restored, term=7)):
            await until(lambda: restored.marks[EDGE, spool.epoch] == 10)
    assert restored.applied == [4, 5, 6, 7, 8, 9]


async def test_facts_that_are_gone_are_named_as_lost(mqtt_settings, spool) -> None:
    health = Health()
    database, edge = Database(), an_edge(mqtt_settings, spool, health)
    async with running(edge):
        async with running(Controller(mqtt_settings, database, term=1)):
            await record(edge, range(10))
            await until(lambda: spool.acknowledged == 10)
        spool._db.execute("delete from fact where seq between 4 and 8")
        database.applied, database.marks = [0, 1], dict.fromkeys(database.marks, 2)
        async with running(Controller(mqtt_settings, database, term=2)):
            await until(lambda: spool.acknowledged == 10 and len(database.applied) == 5)
    assert database.applied == [0, 1, 2, 8, 9]
    assert database.types.count(SPOOL_LOST) == 1


async def test_unreadable_facts_are_handed_over_to_be_parked_and_block_nobody(mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    async with running(edge, Controller(mqtt_settings, database)):
        await until(edge.link.connected.is_set)
        for junk in (b"", b"\xff\xfe", b"[]", b'{"hvseq": 0}', b"x" * 20_000):
            await edge.link.publish(topics.facts(SITE, EDGE), junk, qos=1)
        await record(edge, [1])
        await until(lambda: spool.acknowledged == 1 and len(database.parked) == 5)
    assert {(fact.edge, fact.epoch, fact.seq) for fact in database.parked} == {(EDGE, None, None)}


async def test_acknowledgement_is_retained_and_names_controller_term_epoch_and_mark(mqtt_settings, spool) -> None:
    database, edge = Database(), an_edge(mqtt_settings, spool)
    async with running(edge, Controller(mqtt_settings, database, term=7)):
        await record(edge, [1, 2])
        await until(lambda: spool.acknowledged == 2)
    got: list[Message] = []
    late = MqttLink(mqtt_settings, "late")
    late.subscribe(topics.acks(SITE, EDGE), got.append)
    async with running(late):
        await until(lambda: bool(got))
    assert got[0].retain
    assert msgspec.json.decode(got[0].payload, type=Ack) == Ack("c", 7, spool.epoch, 2)


async def test_acknowledgement_beyond_the_spool_is_not_believed(mqtt_settings, spool) -> None:
    health = Health()
    edge = an_edge(mqtt_settings, spool, health)
    await record(edge, [1])
    edge._on_ack(Message("t", msgspec.json.encode(Ack("c", 1, spool.epoch, 99)), 1, True))
    assert spool.acknowledged == 0
    assert "was it put back" in health.part("facts").detail


async def test_full_spool_is_said_to_the_caller_and_in_health(mqtt_settings, tmp_path) -> None:
    spool, health = FactSpool(tmp_path / "small.db", EDGE, max_unacknowledged_bytes=600), Health()
    edge = an_edge(mqtt_settings, spool, health)
    async with running(edge):
        with pytest.raises(SpoolFull, match="wait for the controller"):
            await record(edge, range(10))
        head = spool.head
        await until(lambda: health.part("facts").state is HealthState.DOWN)
        async with running(Controller(mqtt_settings, Database())):
            await until(lambda: spool.acknowledged == head)
            await record(edge, [10])
            await until(lambda: health.part("facts").state is HealthState.OK)
    spool.close()


async def test_cursor_moves_with_its_facts(mqtt_settings, spool) -> None:
    edge = an_edge(mqtt_settings, spool)
    entries = [SpoolEntry("t", b"{}", AT, f"cell/epoch/{n}") for n in (1, 2)]
    assert await edge.record_many(entries, cursor=("journal", "2")) == [1, 2]
    assert await edge.record_many(entries, cursor=("journal", "2")) == [1, 2]
    assert (spool.cursor("journal"), spool.head) == ("2", 2)
