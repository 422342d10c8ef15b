"""Plants as large as a benchmark needs: the demo centre and, behind it, a cell of many cold rooms."""

from __future__ import annotations

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
    parts = [demo_text(), f'[[cells]]\nid = "{CELL}"\nedge = "{EDGE}"\nurl = "{opc_url}"\n']
    parts += (_room(number, on_delay_s) for number in range(rooms))
    return "\n".join(parts)


def _room(number: int, on_delay_s: int) -> str:
    name = room(number)
    names = f'name_en = "Cold room {number}"\nname_zh = "冷库 {number}"\n'
    text = f'[[places]]\npath = "{name}"\nkind = "store"\nenvelope = "cold"\n{names}'
    text += f'[[devices]]\nid = "{name}"\ncell = "{CELL}"\nkind = "cold_room"\nplace = "{name}"\n{names}'
    for kind, metric in (("air", AIR), ("load", LOAD)):
        text += (
            f'[[probes]]\nid = "{name}-{kind}"\ndevice = "{name}"\nmetric = "{metric}"\nkind = "{kind}"\n'
            f'covers = ["{name}"]\non_delay_s = {on_delay_s}\n'
        )
    return text
