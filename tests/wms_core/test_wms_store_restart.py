"""A database server that is killed and comes back: nothing that was answered is lost, and callers hear the truth."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest
from stores import database_name, migrate, own_server

from benchmarks.postgres_server import PostgresServer
from plant.model import Plant
from runtime.clock import SteppedClock
from wms.errors import LeaseLost, StoreFailed, Unavailable
from wms.ledger.chain import Entry, Head, genesis, link
from wms.moves.model import DeviceState
from wms.store.database import Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.psycopg_driver import PsycopgDriver
from wms.store.tx import Actor, Hooks, Tx
from wms.store.writer import Writer

TESTER = Actor("tester", "bench")
BACK_WITHIN_S = 5.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of its own. Killing a process loses nothing that it gave to the kernel, synced or not."""
    with own_server(fsync=False) as server:
        yield server


@pytest.fixture(scope="module")
def template(server: PostgresServer) -> str:
    url = server.create()
    migrate(url)
    return database_name(url)


@pytest.fixture
def database(server: PostgresServer, template: str) -> Iterator[Database]:
    url = server.create(template=template)
    with closing(open_database(url)) as database:
        yield database
    server.drop(url)


@pytest.fixture
async def writer(database: Database, plant: Plant, clock: SteppedClock) -> AsyncIterator[Writer]:
    with database.locked():
        with database.write_engine.connect() as connection:
            term = begin_term(driver_of(connection), "test")
        hooks = Hooks(lambda _: False, lambda *_: None, lambda *_: None, lambda _: DeviceState.UNKNOWN)
        opened = Writer(database, clock=clock, plant=plant, term=term, hooks=hooks, on_change=lambda _: None)
        yield opened
        await opened.close()


def note(subject: str):
    return lambda tx: tx.record("test.noted", actor=TESTER, subject=subject).seq


def subjects(database: Database) -> list[str]:
    with database.read() as connection:
        return [row[0] for row in driver_of(connection).execute("SELECT subject FROM ledger ORDER BY seq")]


def assert_chain_holds(database: Database, plant: Plant) -> None:
    head = genesis(plant.site.id)
    with database.read() as connection:
        for row in driver_of(connection).execute("SELECT * FROM ledger ORDER BY seq"):
            assert row[0] == head.seq + 1
            assert row[9] == link(head, Entry(*row[:9]))
            head = Head(row[0], row[9])


def losing_the_answer(
    monkeypatch: pytest.MonkeyPatch, *, commits: bool, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """The next COMMIT is carried out, or is not, and its answer never arrives; ``meanwhile``, others do this."""
    execute = PsycopgDriver.execute

    def cut(self, sql, parameters=(), /):
        if sql != "COMMIT":
            return execute(self, sql, parameters)
        monkeypatch.undo()
        if commits:
            execute(self, sql)
        self._connection.close()
        meanwhile()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(PsycopgDriver, "execute", cut)


async def test_a_killed_server_loses_nothing_that_was_answered_and_is_worked_with_again_at_once(
    server, database, writer, plant
):
    answered, refused = [], []

    async def keep_writing(worker: int) -> None:
        for number in range(400):
            subject = f"{worker}-{number}"
            try:
                await writer.write(note(subject))
                answered.append((time.monotonic(), subject))
            except Unavailable:
                refused.append(subject)
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.005)

    working = [asyncio.create_task(keep_writing(worker)) for worker in range(4)]
    await asyncio.sleep(0.5)
    server.kill()
    await asyncio.sleep(0.3)
    await asyncio.to_thread(server.start)
    back = time.monotonic()
    await asyncio.gather(*working)
    assert refused, "the server was killed in the middle of work"
    assert min(at for at, _ in answered if at > back) - back < BACK_WITHIN_S
    kept = subjects(database)
    assert sorted(kept) == sorted(subject for _, subject in answered)
    assert not set(kept) & set(refused)
    assert_chain_holds(database, plant)


async def test_a_restart_while_nobody_writes_is_not_noticed(server, database, writer):
    await writer.write(note("before"))
    server.kill()
    await asyncio.to_thread(server.start)
    assert subjects(database) == ["before"]
    await writer.write(note("after"))
    assert subjects(database) == ["before", "after"]


async def test_readers_and_writers_are_told_while_the_server_is_away(server, database, writer):
    server.kill()
    with pytest.raises(StoreFailed):
        await writer.write(note("lost"))
    with pytest.raises(StoreFailed, match="cannot be used"), database.read():
        pass
    await asyncio.to_thread(server.start)
    async with asyncio.timeout(BACK_WITHIN_S):
        while True:
            try:
                await writer.write(note("again"))
            except StoreFailed:
                await asyncio.sleep(0.05)
            else:
                break
    assert subjects(database) == ["again"]


@pytest.mark.parametrize("kept", ["ledger", "nothing"])
async def test_a_commit_whose_answer_was_lost_counts_when_it_was_made(database, writer, monkeypatch, kept):
    """Also when nothing of it is in the ledger: the lease counts every transaction."""

    def quietly(tx: Tx) -> int:
        tx.raw.execute("INSERT INTO opening_import VALUES ('a', 1, 0)")
        return 1

    losing_the_answer(monkeypatch, commits=True)
    assert await writer.write(note("kept") if kept == "ledger" else quietly) == 1
    assert await writer.write(note("next")) == (2 if kept == "ledger" else 1)
    with database.read() as connection:
        (imports,) = driver_of(connection).execute("SELECT count(*) FROM opening_import").fetchone()
    assert imports == (kept == "nothing")


async def test_a_commit_that_was_not_made_is_refused_and_leaves_nothing(database, writer, monkeypatch):
    await writer.write(note("first"))
    losing_the_answer(monkeypatch, commits=False)
    with pytest.raises(StoreFailed):
        await writer.write(note("never"))
    assert await writer.write(note("second")) == 2
    assert subjects(database) == ["first", "second"]


async def test_who_lost_the_connection_and_then_the_site_never_writes_again(database, writer, monkeypatch):
    def usurp() -> None:
        with database.write_engine.connect() as connection:
            begin_term(driver_of(connection), "usurper")  # waits for the lease's row until our transaction ended

    await writer.write(note("ours"))
    losing_the_answer(monkeypatch, commits=False, meanwhile=usurp)
    for _ in range(3):
        with pytest.raises(LeaseLost):
            await writer.write(note("never"))
    assert subjects(database) == ["ours"]


def test_a_controller_that_starts_at_once_takes_over_before_the_server_notices_that_the_last_one_is_gone(
    database, monkeypatch
):
    close = psycopg.Connection.close
    with ExitStack() as lingering, monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "close", lambda session: lingering.callback(close, session))
        for _ in range(2):
            with database.locked():
                pass


def test_a_database_in_another_order_or_encoding_is_refused_with_what_to_do(server):
    for options, code in (
        ("TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", "sorts text by C.UTF-8"),
        ("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", "the encoding LATIN1"),
    ):
        url = server.create(options=options)
        with pytest.raises(Exception, match=f"{code}.*CREATE DATABASE hemovault"):
            open_database(url)
        server.drop(url)


def test_a_server_that_is_not_there_and_a_url_that_is_none_are_named(server):
    with pytest.raises(StoreFailed, match="cannot be used"):
        open_database(server.url("no_such_database"))
    with pytest.raises(Exception, match=r"store\.url"):
        open_database("postgresql://[")
