"""Which donations the laboratory finds unfit, and how the donor population splits by sex and experience."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulators.rhythm.sampling import pick


class Marker(StrEnum):
    """What a donation may be refused for; the values are the laboratory's test names."""

    ALT = "alt"
    HBSAG = "hbsag"
    ANTI_HCV = "anti_hcv"
    SYPHILIS = "syphilis"
    HIV = "hiv"
    NAT = "nat"


class AltCheck(StrEnum):
    """Whether the collection team tests ALT on site before it takes blood."""

    ON_SITE = "on_site"
    NONE = "none"


class Sex(StrEnum):
    """Sex of a donor."""

    MALE = "male"
    FEMALE = "female"


class Experience(StrEnum):
    """Whether a donor has given before."""

    FIRST_TIME = "first_time"
    REPEAT = "repeat"


DEFERRED: Final = 0.093  # V TJ, of presenting donors
FIRST_TIME: Final = 0.60  # V SHI14: more than 60 % of donors (63 % of presenting, V TJ)
MEN: Final = 0.706  # calc from ALT25: 7.6 % overall, 9.6 % of men, 2.8 % of women

REACTIVE: Final = {  # V ZZ, of donations (presumably behind a rapid ALT check on site); 2.50 % together
    Marker.ALT: 0.0141,
    Marker.HBSAG: 0.0036,
    Marker.ANTI_HCV: 0.0032,
    Marker.SYPHILIS: 0.0027,
    Marker.HIV: 0.0014,
}
NAT_ONLY: Final = 0.00049  # V ZZ; .048 of the .049 % are HBV
ALT_WITHOUT_CHECK: Final = {Sex.MALE: 0.096, Sex.FEMALE: 0.028}  # V ALT25
LOOK_BACK: Final = 0.0002  # design: found after the bags have left


@dataclass(frozen=True, slots=True)
class Finding:
    """What only this donation's blood knows: the marker it will show (None: fit), and how its samples behave."""

    marker: Marker | None
    look_back: bool

    @property
    def fit(self) -> bool:
        """True when every test will be negative."""
        return self.marker is None


def sex_of(chance: random.Random) -> Sex:
    """A donor's sex."""
    return Sex.MALE if chance.random() < MEN else Sex.FEMALE


def experience_of(chance: random.Random, first_time_factor: float = 1.0) -> Experience:
    """Whether a donor has given before; ``first_time_factor`` is a shock's."""
    return Experience.FIRST_TIME if chance.random() < FIRST_TIME * first_time_factor else Experience.REPEAT


def deferred_before(chance: random.Random) -> int:
    """How many people are deferred between one donation and the next."""
    count = 0
    while chance.random() < DEFERRED:
        count += 1
    return count


def screen(
    chance: random.Random, sex: Sex, *, check: AltCheck = AltCheck.ON_SITE, reactive_factor: float = 1.0
) -> Finding:
    """Draw the truth of one donation; ``reactive_factor`` is a shock's (first-time crowds react more often)."""
    shares: dict[Marker | None, float] = {marker: share * reactive_factor for marker, share in REACTIVE.items()}
    if check is AltCheck.NONE:
        shares[Marker.ALT] = ALT_WITHOUT_CHECK[sex] * reactive_factor
    shares[Marker.NAT] = NAT_ONLY * reactive_factor
    shares[None] = 1.0 - sum(shares.values())
    marker = pick(chance, shares)
    return Finding(marker, look_back=marker is None and chance.random() < LOOK_BACK)
