"""Plants as large as a benchmark needs: the demo centre and, behind it, a cell of many cold rooms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from plant.load import demo_text

CELL: Final = "bench"
EDGE: Final = "plc-bench"
AIR: Final = "Temperature/Air"
LOAD: Final = "Temperature/Load"
SET_POINT: Final = "Temperature/SetPoint"
LIMIT_C: Final = 6.0
"""Upper limit of the demo's envelope `cold`, which all these rooms have."""


def room(number: int) -> str:
    """Id of a cold room, and of its place."""
    return f"room-{number:04d}"


def load_probe(number: int) -> str:
    """Id of the load probe of a room."""
    return f"{room(number)}-load"


def plant_with_rooms(rooms: int, *, on_delay_s: int, opc_url: str = "opc.tcp://127.0.0.1:4850/hemovault") -> str:
    """The demo plant's document with one more cell of so many cold rooms, an air and a load probe in each."""
    text = _put(demo_text(), "cells", [f'{{ id = "{CELL}", edge = "{EDGE}", url = "{opc_url}" }}'])
    text = _put(text, "places", [_place(number) for number in range(rooms)])
    text = _put(text, "devices", [_device(number) for number in range(rooms)])
    return _put(text, "probes", [probe for number in range(rooms) for probe in _probes(number, on_delay_s)])


def _put(text: str, table: str, rows: Sequence[str]) -> str:
    """Put rows at the beginning of a list of the document; raises ValueError when it has no such list."""
    before, found, after = text.partition(f"\n{table} = [\n")
    if not found:
        raise ValueError(f"the plant document has no list {table}")
    return before + found + "".join(f"  {row},\n" for row in rows) + after


def _names(number: int) -> str:
    return f'name_en = "Cold room {number}", name_zh = "冷库 {number}"'


def _place(number: int) -> str:
    return f'{{ path = "{room(number)}", kind = "store", envelope = "cold", {_names(number)} }}'


def _device(number: int) -> str:
    name = room(number)
    return f'{{ id = "{name}", cell = "{CELL}", kind = "cold_room", place = "{name}", {_names(number)} }}'


def _probes(number: int, on_delay_s: int) -> Iterator[str]:
    name = room(number)
    for kind, metric in (("air", AIR), ("load", LOAD)):
        yield (
            f'{{ id = "{name}-{kind}", device = "{name}", metric = "{metric}", kind = "{kind}", '
            f'covers = ["{name}"], on_delay_s = {on_delay_s} }}'
        )
