"""The writer: savepoints, group commit, lease, and what is told to whom when."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from wms.errors import LeaseLost, LeaseTaken, StoreFailed, Unavailable
from wms.store.database import driver_of, open_database
from wms.store.lease import begin_term
from wms.store.tx import Actor, Tx

TESTER = Actor("tester", "bench")


def note(number: int):
    return lambda tx: tx.record("test.noted", actor=TESTER, subject=str(number)).seq


async def test_a_failing_closure_rolls_back_only_itself(store):
    def fails(tx: Tx) -> None:
        tx.record("test.never", actor=TESTER, subject="x")
        tx.notify("bag", "never")
        tx.raw.execute("INSERT INTO hold (id, bag, reason, opened_us, opened_by) VALUES ('h', 'b', 'r', 0, 't')")
        raise ValueError("no")

    first, second, third = await asyncio.gather(
        store.write(note(1)), store.write(fails), store.write(note(3)), return_exceptions=True
    )
    assert (first, third) == (1, 2)
    assert isinstance(second, ValueError)
    assert store.rows("SELECT subject FROM ledger ORDER BY seq") == [("1",), ("3",)]
    assert store.rows("SELECT * FROM hold") == []
    assert all("never" not in keys for change in store.changes for keys in change.topics.values())


async def test_closures_that_meet_share_one_commit(store):
    results = await asyncio.gather(*(store.write(note(i)) for i in range(300)))
    assert results == list(range(1, 301))
    assert len(store.changes) < 30
    assert store.changes[-1].seq == 300


async def test_after_commit_and_notices_come_after_the_commit_and_never_for_a_rollback(store):
    heard = []

    def good(tx: Tx) -> None:
        tx.record("test.noted", actor=TESTER, subject="a")
        tx.notify("order", "o1")
        tx.notify("order", "o1")
        tx.after_commit(lambda: heard.append(store.one("SELECT count(*) FROM ledger")))

    def bad(tx: Tx) -> None:
        tx.after_commit(lambda: heard.append("never"))
        raise KeyError("x")

    await asyncio.gather(store.write(good), store.write(bad), return_exceptions=True)
    await asyncio.sleep(0)
    assert heard == [(1,)]
    assert store.changes[-1].topics == {"order": ("o1",)}


async def test_a_savepoint_inside_a_closure_may_fail_alone(store):
    def loses(tx: Tx) -> None:
        with tx.savepoint():
            tx.record("test.noted", actor=TESTER, subject="lost")
            raise ValueError("part")

    def partly(tx: Tx) -> None:
        tx.record("test.noted", actor=TESTER, subject="kept")
        with pytest.raises(ValueError, match="part"):
            loses(tx)
        tx.record("test.noted", actor=TESTER, subject="also kept")

    await store.write(partly)
    assert store.rows("SELECT seq, subject FROM ledger ORDER BY seq") == [(1, "kept"), (2, "also kept")]


async def test_readers_cannot_write_and_see_one_snapshot(store):
    await store.write(note(1))
    with store.database.read() as connection:
        raw = driver_of(connection)
        assert raw.execute("SELECT count(*) FROM ledger").fetchone() == (1,)
        await store.write(note(2))
        assert raw.execute("SELECT count(*) FROM ledger").fetchone() == (1,)
        with pytest.raises((sqlite3.OperationalError, psycopg.errors.ReadOnlySqlTransaction), match=r"read-?only"):
            raw.execute("DELETE FROM lease")
    assert store.one("SELECT count(*) FROM ledger") == (2,)


async def test_a_newer_term_stops_the_older_controller(store):
    await store.write(note(1))
    with store.database.write_engine.connect() as connection:
        begin_term(driver_of(connection), "usurper")
    with pytest.raises(LeaseLost):
        await store.write(note(2))
    with pytest.raises(LeaseLost):
        await store.write(note(3))
    assert store.one("SELECT count(*) FROM ledger") == (1,)


@contextmanager
def disk_full(store) -> Iterator[None]:
    """No room for another page of the file; PostgreSQL is made to say so at the table that takes the most."""
    if store.writer._session.connection.dialect.name == "sqlite":
        raw = store.writer._session.raw
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages}")
        yield
        raw.execute("PRAGMA max_page_count = 1000000")
        return
    with store.database.write_engine.connect() as connection:
        raw = driver_of(connection)
        raw.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file: disk is full' USING ERRCODE = 'disk_full'; END $$"
        )
        raw.execute("CREATE TRIGGER no_room BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION no_room()")
        yield
        raw.execute("DROP TRIGGER no_room ON inbox")


async def test_a_full_disk_is_said_and_changes_nothing_and_room_makes_all_well(store):
    def takes_room(tx: Tx) -> int:
        seq = tx.record("test.noted", actor=TESTER, subject="large").seq
        tx.raw.execute("INSERT INTO inbox VALUES ('edge', 'epoch', 1, 0, ?)", (b"x" * 1_000_000,))
        return seq

    await store.write(note(1))
    with disk_full(store):
        with pytest.raises(StoreFailed, match="disk is full"):
            await store.write(takes_room)
        assert store.rows("SELECT subject FROM ledger") == [("1",)]
    assert await store.write(takes_room) == 2
    assert store.rows("SELECT seq, subject FROM ledger ORDER BY seq") == [(1, "1"), (2, "large")]


def test_two_controllers_cannot_hold_one_site(store_place):
    with closing(open_database(store_place)) as first, closing(open_database(store_place)) as second:
        with first.locked(), pytest.raises(LeaseTaken), second.locked():
            raise AssertionError("two controllers hold one site")
        with second.locked():
            pass


async def test_after_close_everyone_is_refused(store):
    await store.write(note(1))
    await store.writer.close()
    with pytest.raises(Unavailable, match="shutting down"):
        await store.write(note(2))
    store.writer.close = _nothing


async def _nothing() -> None:
    return None


def test_what_was_answered_survives_sigkill(store_place):
    program = textwrap.dedent("""
        import asyncio, sys
        from plant.load import demo_text, parse_plant
        from runtime.clock import Clock
        from wms.moves.model import DeviceState
        from wms.store.database import driver_of, open_database
        from wms.store.lease import begin_term
        from wms.store.migrations import upgrade
        from wms.store.tx import Actor, Hooks
        from wms.store.writer import Writer

        async def main(path):
            database = open_database(path)
            upgrade(database)
            with database.write_engine.connect() as connection:
                term = begin_term(driver_of(connection), "child")
            hooks = Hooks(lambda _: False, lambda *_: None, lambda *_: None, lambda _: DeviceState.UNKNOWN)
            writer = Writer(database, clock=Clock(), plant=parse_plant(demo_text()), term=term, hooks=hooks,
                            on_change=lambda _: None)
            actor = Actor("child", "bench")
            while True:
                refs = await asyncio.gather(*(
                    writer.write(lambda tx: tx.record("test.noted", actor=actor, subject="x")) for _ in range(20)))
                print(refs[-1].seq, flush=True)

        asyncio.run(main(sys.argv[1]))
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program, str(store_place)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        answered = [int(child.stdout.readline()) for _ in range(30)]
        os.kill(child.pid, signal.SIGKILL)
        answered += [int(line) for line in child.stdout.read().split()]
    database = open_database(store_place)
    with database.read() as connection:
        (last,) = driver_of(connection).execute("SELECT max(seq) FROM ledger").fetchone()
        (count,) = driver_of(connection).execute("SELECT count(*) FROM ledger").fetchone()
    database.close()
    assert last >= answered[-1]
    assert count == last
