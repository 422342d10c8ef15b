"""How a centre in one process begins: the world's first state and the stock list that the warehouse imports."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from blood.eligibility import BagStatus
from plant.model import Plant
from simulators.people.day import People
from simulators.people.opening import COLUMNS, write_opening
from simulators.physics import chamber as cold
from simulators.scenarios.script import Opening, Scenario, ScenarioError
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


def of_scenario(plant: Plant, scenario: Scenario) -> Opened:
    """The beginning that a scenario asks for; raises ScenarioError when it names a store that is not there."""
    make = empty if scenario.opening is Opening.EMPTY else full
    opened = make(plant, scenario.seed, scenario.start)
    if scenario.opening is Opening.STOCK:
        opened = only(opened, lambda row: row["status"] == BagStatus.AVAILABLE.value)
        people = opened.state.people
        opened.state.people = People(year=people.year, next_din=people.next_din)
    if scenario.keep:
        opened = only(opened, _first_of(scenario.keep))
    for place, load in scenario.loads.items():
        _load(opened.state, place, load)
    return opened


def only(opened: Opened, keeps: Callable[[Mapping[str, str]], bool]) -> Opened:
    """The same beginning without the bags that ``keeps`` refuses."""
    rows = [row for row in csv.DictReader(io.StringIO(opened.stock.decode())) if keeps(row)]
    kept = {row["bag"] for row in rows}
    opened.state.bags = {name: bag for name, bag in opened.state.bags.items() if name in kept}
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return Opened(opened.state, text.getvalue().encode())


def _first_of(wanted: Mapping[str, int]) -> Callable[[Mapping[str, str]], bool]:
    """Keeps so many bags of each store that is named and every bag elsewhere."""
    taken: Counter[str] = Counter()

    def keeps(row: Mapping[str, str]) -> bool:
        store = next((place for place in wanted if row["place"].startswith(place + "/")), None)
        if store is None:
            return True
        taken[store] += 1
        return taken[store] <= wanted[store]

    return keeps


def _load(state: WorldState, place: str, load: float) -> None:
    for chamber in state.chambers.values():
        if chamber.place == place:
            chamber.chamber = cold.settled(chamber.parameters, load=load)
            return
    raise ScenarioError(f"loads: there is no cold store at {place}")
