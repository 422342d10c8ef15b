"""A demo takes the usual ports where it can and others where it must."""

from __future__ import annotations

import socket

from hemovault.ports import free_port, plant_with_free_ports
from plant.load import demo_text, parse_plant


def test_a_busy_port_is_avoided() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert free_port(port, set()) != port


def test_no_port_is_given_twice() -> None:
    taken: set[int] = set()
    assert len({free_port(0, taken) for _ in range(20)}) == 20


def test_the_plant_keeps_everything_but_its_ports() -> None:
    taken: set[int] = set()
    text = plant_with_free_ports(demo_text(), taken)
    plant, original = parse_plant(text), parse_plant(demo_text())
    assert len(taken) == len(original.cells) + len(original.readers)
    assert plant.places == original.places
    assert [cell.id for cell in plant.cells] == [cell.id for cell in original.cells]
    assert "# Readers and their antennas" in text
