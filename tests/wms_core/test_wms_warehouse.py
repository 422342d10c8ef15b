"""The open warehouse, with a machine hall that answers: from the van to a stock slot, and restarts cost nothing."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from temperatures import every_record_is_good

from blood.eligibility import DonationType
from blood.isbt128 import BagId, parse
from blood.tags import epc_of
from plant.model import Plant
from plc_bridge import messages as plc
from rfid import messages as rfid
from runtime.clock import SteppedClock
from runtime.facts.envelope import encode_envelope
from runtime.facts.receiver import RawFact
from runtime.health import HealthPart
from wms.changes import BACKLOG, RESET, Changes
from wms.errors import LeaseTaken, Unavailable
from wms.intake.collection import Collection, collect
from wms.laboratory.results import RawResult, take_results
from wms.ledger.rebuild import rebuild
from wms.ledger.verify import verify
from wms.machines.outbox import OutgoingCommand
from wms.moves.model import DeviceState
from wms.store.database import driver_of, open_database
from wms.store.tx import Actor
from wms.store.writer import Change
from wms.warehouse import Warehouse, open_warehouse

TESTER = Actor("tester", "bench")


@dataclass
class Hall:
    """Machines that take each command id once and report through one edge; ``awake`` False is a dead broker."""

    clock: SteppedClock
    store_url: str | None = None
    awake: bool = True
    is_judged: bool = False
    heard: list[OutgoingCommand] = field(default_factory=list)
    facts: list[RawFact] = field(default_factory=list)

    async def publish(self, command: OutgoingCommand) -> None:
        if not self.awake:
            raise ConnectionError("no broker")
        known = command.id in {earlier.id for earlier in self.heard}
        self.heard.append(command)
        if known:
            return
        message = msgspec.json.decode(command.data, type=plc.MachineCommand)
        self.say(plc.CommandAnswered(command=command.id, device=command.device, outcome="accepted", detail=""))
        self.work(command.device, message)

    def work(self, device: str, message: plc.MachineCommand) -> None:
        now = self.clock.now()
        if isinstance(message, plc.Carry):
            for load in message.loads:
                self.say(plc.BagMoved(task=load.task, device=device, bag=load.bag, epc=load.epc,
                                      at_place=load.to_place, outcome="done", reason=""))  # fmt: skip
                if load.from_place.startswith("label/"):
                    self.say(crossing("p3", load.epc, now))
        elif isinstance(message, plc.PrintLabel):
            matrix = re.findall(r"\^BXN,\d+,200\^FD(.*?)\^FS", message.zpl)[0]
            din, group, product, expiry = (structure.encode() for structure in parse(matrix)[1:])
            self.say(plc.BagLabelled(device=device, label=message.label, bag=message.bag, din_read=din,
                                     product_read=product, group_read=group, expiry_read=expiry,
                                     epc_read=message.epc, tid=f"tid-{message.bag}", tag_locked=True,
                                     outcome="done", reason=""))  # fmt: skip
        elif isinstance(message, plc.Separate):
            units = tuple(self.unit(bag, message.outputs) for bag in message.bags)
            self.say(plc.BatchSeparated(batch=message.batch, device=device, started_at=now, ended_at=now,
                                        place="prep/out", units=units))  # fmt: skip
        elif isinstance(message, plc.Freeze):
            curve = tuple(plc.CurvePoint(minute=float(m), core_c=20.0 - 1.3 * m) for m in range(45))
            self.say(plc.BatchFrozen(batch=message.batch, device=device, started_at=now, ended_at=now,
                                     place="prep/out", bags=message.bags, curve=curve, target_c=-30.0,
                                     minutes_to_target=39.0, lowest_core_c=-37.0))  # fmt: skip

    def unit(self, parent: str, outputs: tuple[str, ...]) -> plc.SeparatedUnit:
        bags = [BagId(parent[:13], product) for product in outputs]
        children = tuple(plc.ChildBag(bag=str(bag), epc=epc_of(bag), tid=f"tid-{bag}", volume_ml=180.0) for bag in bags)
        return plc.SeparatedUnit(parent=parent, outcome="done", reason="", children=children)

    def say(self, message: Any, at: datetime | None = None) -> None:
        message = msgspec.json.decode(msgspec.json.encode(message), type=type(message))
        types = plc if type(message).__module__ == plc.__name__ else rfid
        seq = len(self.facts) + 1
        raw = encode_envelope(edge="plc-works", epoch="e1", seq=seq, type=types.report_type(message),
                              time=at or self.clock.now(), data=msgspec.json.encode(message))  # fmt: skip
        self.facts.append(RawFact("plc-works", "e1", seq, raw))


def crossing(portal: str, epc: str, at: datetime) -> rfid.Crossing:
    return rfid.Crossing(portal=portal, reader="reader-1", epc=epc, direction="in", first_seen=at, last_seen=at,
                         reads=5, peak_rssi_dbm=-50)  # fmt: skip


@asynccontextmanager
async def opened(folder: Path, plant: Plant, clock: SteppedClock, hall: Hall) -> AsyncIterator[Warehouse]:
    async with open_warehouse(
        plant,
        folder,
        clock=clock,
        holder="test",
        excursion_at=lambda _: False,
        device_state=lambda _: DeviceState.RUNNING,
        publish_command=hall.publish,
        database=hall.store_url,
    ) as warehouse:
        if not hall.is_judged:  # opened for the first time: the record of every bag is good in these tests
            hall.is_judged = True
            every_record_is_good(warehouse.database)
        yield warehouse


@pytest.fixture
def hall(clock, store_url) -> Hall:
    return Hall(clock, store_url)


async def turn(warehouse: Warehouse, hall: Hall, seconds: int) -> None:
    """Let the clockwork run: every step repeats all facts from the mark on, as an edge would."""
    for _ in range(seconds // 10):
        hall.clock.step(10)
        await warehouse.tick()
        await warehouse.apply_facts(hall.facts)


async def donate(warehouse: Warehouse, hall: Hall, count: int) -> list[str]:
    bags = []
    for number in range(1, count + 1):
        din = f"A999926{number:06d}"
        now = hall.clock.now()
        report = Collection(
            din_scan=f"={din}00", din_scan_again=f"={din}00", donor=f"donor-{number}", volume_ml=400.0, target_ml=400.0,
            anticoagulant="CPDA-1", started_at=now - timedelta(minutes=8), ended_at=now, sealed_at=now,
            samples=(f"={din}07",), device="shaker", device_serial="S-100", operator="nurse",
            donation_type=DonationType.ALLOGENEIC,
        )  # fmt: skip
        bags.append(await warehouse.write(lambda tx, report=report: collect(tx, TESTER, report)))
    hall.clock.step(600)
    for bag in bags:
        now = hall.clock.now()
        hall.say(crossing("p1", epc_of(BagId(bag[:13], bag[14:])), now))
    return bags


async def laboratory(warehouse: Warehouse, hall: Hall, din: str, **bad: str) -> None:
    now = hall.clock.now()
    values = {**dict.fromkeys(("hbsag", "anti_hcv", "hiv", "syphilis", "nat"), "negative"), "alt": "20", **bad}
    results = [RawResult(test, value, "m", now) for test, value in values.items()]
    results += [RawResult("abo_rhd", "O+", method, now) for method in ("forward", "reverse")]
    await warehouse.write(lambda tx: take_results(tx, TESTER, din, "run", results))


def count(warehouse: Warehouse, sql: str) -> dict[Any, Any]:
    with warehouse.read() as connection:
        return dict(driver_of(connection).execute(sql).fetchall())


async def test_thirteen_donations_go_the_way_to_their_slots(tmp_path, plant, clock, hall):
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        bags = await donate(warehouse, hall, 13)
        await turn(warehouse, hall, 1200)
        for bag in bags[1:]:
            await laboratory(warehouse, hall, bag[:13])
        await laboratory(warehouse, hall, bags[0][:13], hiv="reactive")
        await turn(warehouse, hall, 2400)
        places = count(warehouse, "SELECT place, component || ' ' || status FROM bag WHERE place IS NOT NULL")
        by_zone = Counter(f"{what} {plant.place_of(place).zone.value}" for place, what in places.items())
        assert by_zone == {
            "RBC_S AVAILABLE stock": 12,
            "FFP AVAILABLE stock": 12,
            "RBC_S NONCONFORMING nonconforming": 1,
            "FFP NONCONFORMING nonconforming": 1,
        }
        assert count(warehouse, "SELECT state, count(*) FROM label GROUP BY 1") == {"passed": 24}
        assert count(warehouse, "SELECT status, count(*) FROM bag WHERE component = 'WB' GROUP BY 1") == {
            "CONSUMED": 13
        }
        assert count(warehouse, "SELECT code, count(*) FROM dead_letter GROUP BY 1") == {}
        assert count(warehouse, "SELECT state, count(*) FROM batch GROUP BY 1") == {"done": 4}
        assert rebuild(warehouse.database).differences == ()
        head = warehouse.writer.head
    verdict_files = tmp_path / "ledger-head.json", tmp_path / "ledger-key.pub"
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        verdict = verify(warehouse.database, plant.site.id, *verdict_files)
        assert (verdict.ok, verdict.entries) == (True, head.seq)
        assert warehouse.term == 2
        assert [(mark.edge, mark.mark) for mark in warehouse.marks()] == [("plc-works", len(hall.facts))]


async def test_commands_leave_after_a_dead_broker_and_again_under_the_same_id_after_a_restart(
    tmp_path, plant, clock, hall
):
    hall.awake = False
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        await donate(warehouse, hall, 1)
        await warehouse.apply_facts(hall.facts)
        clock.step(600)
        await warehouse.tick()
        await warehouse.tick()
        assert hall.heard == []
        hall.awake = True
        await warehouse.tick()
        await warehouse.tick()
        assert len(hall.heard) == 1
        clock.step(16)
        await warehouse.tick()
        assert len(hall.heard) == 2
    clock.step(1)
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        await warehouse.tick()
        assert len({command.id for command in hall.heard}) == 1
        assert len(hall.heard) == 3
        await warehouse.apply_facts(hall.facts)
        clock.step(60)
        await warehouse.tick()
        assert [command.id for command in hall.heard[3:]].count(hall.heard[0].id) == 0


async def test_the_clockwork_runs_by_itself_and_survives_a_failing_tick(tmp_path, plant, clock, hall):
    ticked = asyncio.Event()

    def breaks(_tx) -> None:
        raise ValueError("broken feature")

    health = HealthPart("floor")
    async with open_warehouse(
        plant,
        tmp_path,
        clock=clock,
        holder="test",
        excursion_at=lambda _: False,
        device_state=lambda _: DeviceState.RUNNING,
        publish_command=hall.publish,
        database=hall.store_url,
        health=health,
    ) as warehouse:
        warehouse.add_tick("broken", 1.0, breaks)
        warehouse.add_tick("works", 1.0, lambda tx: tx.after_commit(ticked.set))
        running = asyncio.create_task(warehouse.run())
        await asyncio.wait_for(ticked.wait(), 60)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        clock.step(2)
        await warehouse.tick()
        assert health.detail == "broken: broken feature"


async def test_one_site_has_one_controller(tmp_path, plant, clock, hall):
    async with opened(tmp_path, plant, clock, hall):
        with pytest.raises(LeaseTaken):
            async with opened(tmp_path, plant, clock, hall):
                pass
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        kept = warehouse
    with pytest.raises(Unavailable):
        await kept.write(lambda tx: tx.now)


async def test_watchers_hear_of_commits_until_the_warehouse_closes(tmp_path, plant, clock, hall):
    heard: list[Change] = []

    async def watch(changes: AsyncIterator[Change]) -> None:
        async for change in changes:
            heard.append(change)  # noqa: PERF401 - the list is read while it grows

    async with opened(tmp_path, plant, clock, hall) as warehouse:
        watching = asyncio.create_task(watch(warehouse.subscribe()))
        await asyncio.sleep(0)
        await warehouse.write(lambda tx: tx.notify("order", "ord-1"))
    await asyncio.wait_for(watching, 60)
    assert heard == [Change(0, {"order": ("ord-1",)})]


async def test_a_watcher_that_lags_is_told_to_look_anew():
    changes = Changes()
    watching = changes.subscribe()
    first = asyncio.ensure_future(anext(watching))
    await asyncio.sleep(0)
    for seq in range(BACKLOG + 5):
        changes.publish(Change(seq, {"bag": ("b",)}))
    changes.close()
    received = [await first] + [change async for change in watching]
    assert RESET in received[0].topics or any(RESET in change.topics for change in received)
    assert len(received) < 10


async def test_a_tail_cut_while_the_controller_was_down_stays_found_for_good(tmp_path, store_place, plant, clock, hall):
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        await donate(warehouse, hall, 3)
    database = open_database(store_place)
    with database.write_engine.connect() as connection:
        raw = driver_of(connection)
        raw.execute(f"DROP TRIGGER ledger_refuses_delete{'' if isinstance(store_place, Path) else ' ON ledger'}")
        raw.execute("DELETE FROM ledger WHERE seq = 3")
    database.close()
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        await note_things(warehouse, 5)
        clock.step(60)
        await warehouse.tick()
        files = warehouse.head_file, tmp_path / "ledger-key.pub"
        assert "did not contain an earlier signed head" in verify(warehouse.database, plant.site.id, *files).fault
        lost = "SELECT kind, count(*) FROM ledger WHERE kind = 'ledger.head_lost' GROUP BY kind"
        assert count(warehouse, lost)["ledger.head_lost"]


async def note_things(warehouse: Warehouse, entries: int) -> None:
    for number in range(entries):
        await warehouse.write(lambda tx, n=number: tx.record("test.noted", actor=TESTER, subject=str(n)))


async def test_a_damaged_head_file_does_not_stop_the_site_and_stays_found(tmp_path, plant, clock, hall):
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        await note_things(warehouse, 2)
    (tmp_path / "ledger-head.json").write_text("{")
    async with opened(tmp_path, plant, clock, hall) as warehouse:
        await warehouse.tick()
        fault = verify(warehouse.database, plant.site.id, warehouse.head_file, tmp_path / "ledger-key.pub").fault
    assert "ledger-head-lost-unreadable.json" in fault


async def test_a_command_that_can_never_be_sent_stops_none_of_those_behind_it(tmp_path, plant, clock, hall):
    async def publish(command: OutgoingCommand) -> None:
        if command.device == "crane-of-the-past":
            raise KeyError(command.device)
        await hall.publish(command)

    message = plc.GatePermit(permit="p", epc="00" * 16, lane="dispatch/lane", until_real=clock.now())
    async with open_warehouse(
        plant,
        tmp_path,
        clock=clock,
        holder="test",
        excursion_at=lambda _: False,
        device_state=lambda _: DeviceState.RUNNING,
        publish_command=publish,
        database=hall.store_url,
    ) as warehouse:
        await warehouse.write(lambda tx: tx.command("crane-of-the-past", message, valid_s=10))
        await warehouse.write(lambda tx: tx.command("gate-1", message, valid_s=10))
        await warehouse.tick()
        assert [command.device for command in hall.heard] == ["gate-1"]
