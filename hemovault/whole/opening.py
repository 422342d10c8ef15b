"""How a centre in one process begins: the world's first state and the stock list that the warehouse imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from plant.model import Plant
from simulators.opening import COLUMNS, write_opening
from simulators.people import People
from simulators.state import WorldState, load_state, new_state


@dataclass(frozen=True, slots=True)
class Opened:
    """A world that stands at its beginning, and the CSV of the bags in it that the warehouse is to know."""

    state: WorldState
    stock: bytes


def full(plant: Plant, seed: int, at: datetime) -> Opened:
    """Bags at every stage, as the demo opens."""
    with TemporaryDirectory() as folder:
        stock, snapshot = Path(folder) / "opening.csv", Path(folder) / "world.json"
        write_opening(plant, seed, at, stock, snapshot)
        return Opened(load_state(snapshot, plant), stock.read_bytes())


def empty(plant: Plant, seed: int, at: datetime) -> Opened:
    """Machines at rest and not a single bag."""
    state = new_state(plant, seed, at, People(year=at.year, next_din=1))
    return Opened(state, (",".join(COLUMNS) + "\n").encode())
