"""What the world keeps on disk: numbered lines without gaps, torn ends cut, nothing told before it is kept."""

from datetime import timedelta
from pathlib import Path

import msgspec
from simulators_day import AT

from plant.model import Plant
from runtime.clock import SteppedClock
from simulators.people.pace import DEMO
from simulators.process.records import RecordFile
from simulators.process.world_server import WorldServer, snapshot_path
from simulators.state import load_state
from simulators.world import World


def lines(first: int, last: int) -> list[tuple[int, str]]:
    return [(number, f'{{"seq":{number}}}') for number in range(first, last + 1)]


def test_repeated_lines_are_kept_once_and_a_torn_end_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    RecordFile(path).append(lines(1, 3), force=True)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"seq":4,"torn')
    again = RecordFile(path)
    assert again.head == 3
    again.append(lines(2, 5), force=True)
    assert RecordFile(path).above(0, 100) == [text for _, text in lines(1, 5)]


def test_reading_starts_above_a_number_and_stops_at_the_limit(tmp_path: Path) -> None:
    record = RecordFile(tmp_path / "journal.jsonl", kept=4)
    record.append(lines(1, 9), force=False)
    assert record.above(7, 1) == ['{"seq":8}']
    assert record.above(9, 5) == []
    assert record.above(0, 2) == ['{"seq":6}', '{"seq":7}']


def test_a_world_that_died_resumes_with_every_line_once(plant: Plant, world: World, tmp_path: Path) -> None:
    clock = SteppedClock(AT)
    server = WorldServer(world, clock, tmp_path)
    for reader in plant.readers:
        world.listen(reader.id, type(world.scene.listening[reader.id]).YES)
    for _ in range(100):
        clock.step(6.0)
        server.tick()
    log = (tmp_path / "simulate" / "world.jsonl").read_text().splitlines()
    assert [msgspec.json.decode(line)["n"] for line in log] == list(range(1, len(log) + 1))
    assert log
    resumed = World(plant, load_state(snapshot_path(tmp_path), plant), DEMO)
    assert resumed.state.now > AT + timedelta(minutes=5)
    again = WorldServer(resumed, clock, tmp_path)
    clock.step(600.0)
    again.tick()
    more = (tmp_path / "simulate" / "world.jsonl").read_text().splitlines()
    assert more[: len(log)] == log
    assert [msgspec.json.decode(line)["n"] for line in more] == list(range(1, len(more) + 1))
