"""What physically lies where: bags with place, temperature and tag. The truth that the warehouse is judged against."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from blood.components import Family
from blood.isbt128 import BagId, parse_bag_id
from blood.tags import epc_of
from plant.model import Plant
from simulators.chance import draw
from simulators.physics.bag import LiquidHeat
from simulators.physics.freezing import PlasmaHeat, plasma_at


class TagState(StrEnum):
    """Whether the tag on a bag answers."""

    ALIVE = "alive"
    DEAD = "dead"


class TagLock(StrEnum):
    """Whether the EPC of a tag can still be written."""

    OPEN = "open"
    LOCKED = "locked"


class Bag(msgspec.Struct, kw_only=True):
    """One bag of the world; exactly one of `liquid` and `plasma` holds its heat."""

    id: str
    component: str
    group: str
    volume_ml: float
    donor: str
    collected_at: datetime
    place: str
    epc: str
    tid: str
    tag: TagState = TagState.ALIVE
    tag_lock: TagLock = TagLock.OPEN
    tag_user: str = ""
    liquid: LiquidHeat | None = None
    plasma: PlasmaHeat | None = None

    @property
    def din(self) -> str:
        """Donation number."""
        return parse_bag_id(self.id).din

    @property
    def core_c(self) -> float:
        """Core temperature in Celsius."""
        if self.plasma is not None:
            return self.plasma.core_c
        return self.liquid.core_c if self.liquid is not None else float("nan")


def new_bag(
    plant: Plant,
    seed: int,
    bag: BagId,
    *,
    group: str,
    volume_ml: float,
    donor: str,
    collected_at: datetime,
    place: str,
    temperature_c: float,
) -> Bag:
    """A bag with its tag written; raises KeyError for a product that the site does not make."""
    component = plant.product_component[bag.product]
    frozen = component.family in {Family.PLASMA, Family.CRYO}
    return Bag(
        id=str(bag),
        component=component.key,
        group=group,
        volume_ml=volume_ml,
        donor=donor,
        collected_at=collected_at,
        place=place,
        epc=epc_of(bag),
        tid="e2801191" + f"{draw(seed, 'tid', bag).getrandbits(64):016x}",
        plasma=plasma_at(temperature_c, volume_ml) if frozen else None,
        liquid=None if frozen else LiquidHeat(temperature_c, temperature_c, volume_ml),
    )


class Floor:
    """Bags by id and by place, in order of arrival."""

    def __init__(self, bags: dict[str, Bag]) -> None:
        self.bags = bags
        self._places: dict[str, dict[str, None]] = {}
        for bag in bags.values():
            self._places.setdefault(bag.place, {})[bag.id] = None

    def at(self, place: str) -> list[Bag]:
        """Bags at exactly this place, first come first."""
        return [self.bags[name] for name in self._places.get(place, ())]

    def places(self) -> dict[str, int]:
        """Number of bags at each occupied place."""
        return {place: len(names) for place, names in self._places.items() if names}

    def put(self, bag: Bag, place: str) -> None:
        """Move a bag."""
        self._places[bag.place].pop(bag.id)
        if not self._places[bag.place]:
            del self._places[bag.place]
        bag.place = place
        self._places.setdefault(place, {})[bag.id] = None

    def add(self, bag: Bag) -> None:
        """A bag comes into being; raises ValueError when it is already there."""
        if bag.id in self.bags:
            raise ValueError(f"{bag.id} is already in the world")
        self.bags[bag.id] = bag
        self._places.setdefault(bag.place, {})[bag.id] = None

    def remove(self, bag: Bag) -> None:
        """A bag ceases to be: separated into components, or used in a hospital."""
        self._places[bag.place].pop(bag.id)
        if not self._places[bag.place]:
            del self._places[bag.place]
        del self.bags[bag.id]
