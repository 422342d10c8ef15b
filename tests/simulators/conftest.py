import pytest
from simulators_day import AT, SEED

from plant.load import demo_text, parse_plant
from plant.model import Plant
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.world import World


@pytest.fixture(scope="session")
def plant() -> Plant:
    return parse_plant(demo_text())


@pytest.fixture
def world(plant: Plant) -> World:
    state, _ = opening_state(plant, SEED, AT)
    return World(plant, state, DEMO)
