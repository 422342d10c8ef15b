"""How fast the people of the virtual centre act. Minutes and hours are domain time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulators.rhythm.frequencies import Region
from simulators.rhythm.hospitals import RETURNED
from simulators.rhythm.profiles import CHINA, Profile
from simulators.rhythm.shocks import DatedShock


@dataclass(frozen=True, slots=True)
class Compressed:
    """A busy day in minutes: a tote every so often, results and orders soon after."""

    first_tote_min: float
    tote_every_min: float
    tote_bags: int
    results_after_min: tuple[float, float]
    first_order_min: float
    order_every_min: tuple[float, float]
    order_line_bags: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ByCalendar:
    """The hours, weeks, feasts and shocks of `simulators.rhythm`, for a site of so many donations on its mean day."""

    donations_a_day: float = 24.0
    profile: Profile = CHINA
    shocks: tuple[DatedShock, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """When people act (``tempo``), and the story of the door.

    What a donation becomes, groups, and the mix of orders come from `simulators.rhythm` at every tempo. `max_donations`
    and `max_orders` end their streams after so many (None: never); `stock_ceiling` is the number of bags of one
    component above which the centre invites no donors; `rhd_negative` is the share of RhD-negative donors and patients
    (None: what the region's haplotypes give, .3-.5 %); `door_first_min` None tells no story.
    """

    name: str
    tempo: Compressed | ByCalendar
    opening_results_min: tuple[float, float]
    max_donations: int | None = None
    max_orders: int | None = None
    stock_ceiling: int = 500
    region: Region = Region.EAST
    rhd_negative: float | None = 0.02
    returned_share: float = RETURNED
    used_after_h: tuple[float, float] = (6.0, 72.0)
    door_first_min: float | None = None
    door_open_min: float = 15.0
    door_every_h: float = 12.0


DEMO: Final = Pace(
    name="demo",
    tempo=Compressed(
        first_tote_min=6.0,
        tote_every_min=20.0,
        tote_bags=6,
        results_after_min=(20.0, 40.0),
        first_order_min=4.0,
        order_every_min=(15.0, 25.0),
        order_line_bags=(1, 6),
    ),
    opening_results_min=(3.0, 45.0),
    returned_share=0.02,  # seven times the real share: a visitor should see a return
    used_after_h=(1.0, 12.0),  # and a bag that reaches its patient
    door_first_min=45.0,
)
TEST: Final = Pace(
    name="test",
    tempo=Compressed(
        first_tote_min=2.0,
        tote_every_min=35.0,
        tote_bags=30,
        results_after_min=(10.0, 20.0),
        first_order_min=5.0,
        order_every_min=(8.0, 12.0),
        order_line_bags=(2, 6),
    ),
    opening_results_min=(2.0, 10.0),
    max_orders=12,
)
REALISTIC: Final = Pace(name="realistic", tempo=ByCalendar(), opening_results_min=(60.0, 600.0), rhd_negative=None)
PACES: Final = {pace.name: pace for pace in (DEMO, TEST, REALISTIC)}
