"""What a donation becomes: volumes, bags, doses, and the bags that are lost on the way.

World.md 1.3. Check row there (calc) for 500 donations a day, 440 of whole blood and 60 of platelets: 737 units of red
cells collected, 714 usable; 426 red-cell bags, 417 plasma bags, 79 platelet doses.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulators.chance import draw
from simulators.rhythm.sampling import pick
from simulators.rhythm.screening import AltCheck, Experience, Finding, Sex, experience_of, screen, sex_of


class Kind(StrEnum):
    """How blood is taken."""

    WHOLE_BLOOD = "whole_blood"
    APHERESIS = "apheresis"


class Product(StrEnum):
    """What a bag holds; the values are the component keys of the storage profile."""

    RED_CELLS = "RBC_S"
    FFP = "FFP"
    FFP_MB = "FFP_MB"
    FP = "FP"
    CRYO = "CRYO"
    PLATELETS = "PLT_A"


class Stage(StrEnum):
    """Where a bag is found to be unusable."""

    COLLECTION = "collection"
    CENTRIFUGE = "centrifuge"
    EXPRESSOR = "expressor"
    FILTRATION = "filtration"
    FREEZER = "freezer"
    TRANSPORT = "transport"


class Loss(StrEnum):
    """Why a bag is unusable."""

    LIPAEMIA = "lipaemia"
    LEAK = "leak"
    CLOT = "clot"
    SHORT_VOLUME = "short_volume"


UNITS_A_DONATION: Final = 1.675  # calc: 1 U = 200 mL
APHERESIS_SHARE: Final = 60 / 500  # design, world.md 1.1
VOLUMES_ML: Final = {200: 0.25, 300: 0.15, 400: 0.60}  # design: 1.675 U a donation (1 U = 200 mL)
ML_PER_UNIT: Final = 200.0
RED_CELL_MASS_KG: Final = {200: 0.15, 300: 0.22, 400: 0.29}  # design
RED_CELL_KG_PER_L: Final = 1.06
"""Density of red cells in additive solution, to turn the mass of a bag into millilitres (design)."""
PLASMA_PART: Final = 0.50  # design: of the collected volume
LATE: Final = 0.20  # design: plasma that becomes FP
USE_OF_FRESH: Final = {Product.FFP_MB: 0.30, Product.CRYO: 0.15, Product.FFP: 0.55}  # design
CRYO_ML_OF_PLASMA: Final = 200.0  # design: 1 bag of cryo per 200 mL of plasma
CRYO_ML: Final = 25.0  # design
DOSES: Final = {1: 0.65, 2: 0.35}  # design: 1.35 doses a donation, at least 2.5e11 platelets each
DOSE_ML: Final = 250.0  # design

# Physical losses, V ZZ in % of bags; where they happen is design. Lipaemia: of plasma and apheresis bags only (the
# check row needs .028 of these, not .028 of all bags). Leaks: 60 / 30 / 10 % at centrifuge / freezer / transport of
# .235 % of all bags; the rates below are per bag that gets there, with the bag counts of the check row.
LIPAEMIA: Final = 0.0280
LEAK: Final = 0.00235
LEAK_AT: Final = {Stage.CENTRIFUGE: 0.60, Stage.FREEZER: 0.30, Stage.TRANSPORT: 0.10}
CLOT: Final = 0.00086
SHORT_VOLUME: Final = 0.00023
_BAGS: Final = 440 + 440 + 81
_LEAK_RATE: Final = {
    Stage.CENTRIFUGE: LEAK * LEAK_AT[Stage.CENTRIFUGE] * _BAGS / (440 + 440),
    Stage.FREEZER: LEAK * LEAK_AT[Stage.FREEZER] * _BAGS / 440,
    Stage.TRANSPORT: LEAK * LEAK_AT[Stage.TRANSPORT],
}
_CLOT_RATE: Final = CLOT * _BAGS / 440
"""Clots are found where red cells are filtered, so all of them are red-cell bags."""


@dataclass(frozen=True, slots=True)
class PlannedBag:
    """A bag that a donation yields; ``loss`` and ``lost_at`` say what spoils it, if anything does."""

    product: Product
    volume_ml: float
    loss: Loss | None
    lost_at: Stage | None

    @property
    def usable(self) -> bool:
        """True when nothing spoils the bag itself; its donation may still be reactive."""
        return self.loss is None


@dataclass(frozen=True, slots=True)
class PlannedDonation:
    """One donation with everything that will become of it."""

    kind: Kind
    sex: Sex
    experience: Experience
    volume_ml: float
    finding: Finding
    bags: tuple[PlannedBag, ...]

    @property
    def units(self) -> float:
        """Units of whole blood: 1 U = 200 mL."""
        return self.volume_ml / ML_PER_UNIT


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a shock does to donations: factors on the shares of reactive, first-time and platelet donations."""

    reactive: float = 1.0
    first_time: float = 1.0
    platelets: float = 1.0


USUAL: Final = Circumstances()


def plan_donation(
    seed: int,
    number: int,
    *,
    kind: Kind | None = None,
    check: AltCheck = AltCheck.ON_SITE,
    under: Circumstances = USUAL,
) -> PlannedDonation:
    """Draw donation ``number`` of a world, or one of a given kind; the same arguments give the same donation."""
    chance = draw(seed, "plan", number)
    drawn = Kind.APHERESIS if chance.random() < APHERESIS_SHARE * under.platelets else Kind.WHOLE_BLOOD
    kind = kind or drawn
    sex, experience = sex_of(chance), experience_of(chance, under.first_time)
    finding = screen(chance, sex, check=check, reactive_factor=under.reactive)
    if kind is Kind.APHERESIS:
        doses = pick(chance, DOSES)
        bags = tuple(_bag(chance, Product.PLATELETS, DOSE_ML) for _ in range(doses))
        return PlannedDonation(kind, sex, experience, doses * DOSE_ML, finding, bags)
    volume = pick(chance, VOLUMES_ML)
    red = _bag(chance, Product.RED_CELLS, red_cell_ml(volume))
    return PlannedDonation(kind, sex, experience, float(volume), finding, (red, _plasma(chance, volume)))


def red_cell_ml(volume_ml: int) -> float:
    """Volume of the red-cell bag of a whole-blood donation of 200, 300 or 400 mL."""
    return float(round(RED_CELL_MASS_KG[volume_ml] / RED_CELL_KG_PER_L * 1000.0))


def _plasma(chance: random.Random, volume_ml: int) -> PlannedBag:
    plasma_ml = volume_ml * PLASMA_PART
    product = Product.FP if chance.random() < LATE else pick(chance, USE_OF_FRESH)
    if product is Product.CRYO:
        return _bag(chance, product, CRYO_ML * plasma_ml / CRYO_ML_OF_PLASMA)
    return _bag(chance, product, plasma_ml)


def _bag(chance: random.Random, product: Product, volume_ml: float) -> PlannedBag:
    loss, stage = _loss(chance, product)
    return PlannedBag(product, volume_ml, loss, stage)


def _loss(chance: random.Random, product: Product) -> tuple[Loss | None, Stage | None]:
    """The first thing that spoils a bag on its way, in the order in which the stages come."""
    red, platelets = product is Product.RED_CELLS, product is Product.PLATELETS
    hazards = (
        (Loss.SHORT_VOLUME, Stage.COLLECTION, SHORT_VOLUME),
        (Loss.LEAK, Stage.CENTRIFUGE, 0.0 if platelets else _LEAK_RATE[Stage.CENTRIFUGE]),
        (Loss.LIPAEMIA, Stage.EXPRESSOR, 0.0 if red else LIPAEMIA),
        (Loss.CLOT, Stage.FILTRATION, _CLOT_RATE if red else 0.0),
        (Loss.LEAK, Stage.FREEZER, 0.0 if red or platelets else _LEAK_RATE[Stage.FREEZER]),
        (Loss.LEAK, Stage.TRANSPORT, _LEAK_RATE[Stage.TRANSPORT]),
    )
    for loss, stage, rate in hazards:
        if chance.random() < rate:
            return loss, stage
    return None, None
