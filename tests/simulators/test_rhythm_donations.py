"""What donations become (world.md 1.3): every share from a large sample, within its statistical error."""

from collections import Counter
from functools import cache
from statistics import fmean

import pytest
from rhythm_sampling import by_chance

from simulators.chance import draw
from simulators.rhythm import donations as figures
from simulators.rhythm.donations import (
    Circumstances,
    Kind,
    Loss,
    PlannedBag,
    PlannedDonation,
    Product,
    Stage,
    plan_donation,
)
from simulators.rhythm.screening import (
    LOOK_BACK,
    NAT_ONLY,
    REACTIVE,
    AltCheck,
    Experience,
    Marker,
    Sex,
    deferred_before,
    screen,
)

N = 120_000


@cache
def sample() -> tuple[PlannedDonation, ...]:
    return tuple(plan_donation(1, number) for number in range(N))


def bags(*products: Product) -> list[PlannedBag]:
    return [bag for donation in sample() for bag in donation.bags if bag.product in products]


def of(kind: Kind) -> list[PlannedDonation]:
    return [donation for donation in sample() if donation.kind is kind]


PLASMA = (Product.FFP, Product.FFP_MB, Product.FP, Product.CRYO)


def test_donations_are_whole_blood_and_platelets() -> None:
    assert len(of(Kind.APHERESIS)) / N == by_chance(60 / 500, N)


def test_a_platelet_campaign_takes_more_platelets() -> None:
    campaign = [plan_donation(2, number, under=Circumstances(platelets=2.2)).kind for number in range(20_000)]
    assert campaign.count(Kind.APHERESIS) / 20_000 == by_chance(2.2 * 60 / 500, 20_000)


def test_volumes_make_1_675_units() -> None:
    whole = of(Kind.WHOLE_BLOOD)
    volumes = Counter(donation.volume_ml for donation in whole)
    for volume, share in {200.0: 0.25, 300.0: 0.15, 400.0: 0.60}.items():
        assert volumes[volume] / len(whole) == by_chance(share, len(whole))
    assert fmean(donation.units for donation in whole) == pytest.approx(1.675, abs=0.01)


@pytest.mark.parametrize(("volume_ml", "mass_kg"), [(200, 0.15), (300, 0.22), (400, 0.29)])
def test_a_red_cell_bag_has_the_mass_of_its_donation(volume_ml: int, mass_kg: float) -> None:
    assert figures.red_cell_ml(volume_ml) * 1.06 / 1000 == pytest.approx(mass_kg, abs=0.001)


def test_whole_blood_gives_one_bag_of_red_cells_and_one_of_plasma() -> None:
    for donation in of(Kind.WHOLE_BLOOD)[:2000]:
        red, plasma = donation.bags
        assert red.product is Product.RED_CELLS
        assert plasma.product in PLASMA
        if plasma.product is not Product.CRYO:
            assert plasma.volume_ml == donation.volume_ml / 2


def test_plasma_is_shared_out() -> None:
    """80 % FFP and 20 % FP; of FFP 30 % to methylene blue and 15 % to cryoprecipitate."""
    counts = Counter(bag.product for bag in bags(*PLASMA))
    total, fresh = sum(counts.values()), sum(counts.values()) - counts[Product.FP]
    assert counts[Product.FP] / total == by_chance(0.20, total)
    assert counts[Product.FFP_MB] / fresh == by_chance(0.30, fresh)
    assert counts[Product.CRYO] / fresh == by_chance(0.15, fresh)


def test_platelet_donations_give_1_35_doses() -> None:
    doses = [len(donation.bags) for donation in of(Kind.APHERESIS)]
    assert fmean(doses) - 1 == by_chance(0.35, len(doses))
    assert {bag.volume_ml for bag in bags(Product.PLATELETS)} == {250.0}


@pytest.mark.parametrize("marker", REACTIVE)
def test_reactive_donations_by_marker(marker: Marker) -> None:
    found = sum(donation.finding.marker is marker for donation in sample())
    assert found / N == by_chance(REACTIVE[marker], N)


def test_reactive_donations_together() -> None:
    assert sum(REACTIVE.values()) == pytest.approx(0.0250)
    nat = sum(donation.finding.marker is Marker.NAT for donation in sample())
    assert nat / N == by_chance(NAT_ONLY, N)
    assert sum(not donation.finding.fit for donation in sample()) / N == by_chance(0.0250 + NAT_ONLY, N)


def test_look_backs_are_two_in_ten_thousand_and_only_of_negative_donations() -> None:
    found = [donation.finding for donation in sample() if donation.finding.look_back]
    assert len(found) / N == by_chance(LOOK_BACK, N)
    assert all(finding.fit for finding in found)


@pytest.mark.parametrize(("sex", "share"), [(Sex.MALE, 0.096), (Sex.FEMALE, 0.028)])
def test_without_a_check_on_site_alt_fails_far_more_often(sex: Sex, share: float) -> None:
    chance = draw(3, "alt", sex)
    found = [screen(chance, sex, check=AltCheck.NONE).marker for _ in range(20_000)]
    assert sum(marker is Marker.ALT for marker in found) / 20_000 == by_chance(share, 20_000)


def test_men_and_women_together_fail_alt_in_7_6_percent() -> None:
    plans = [plan_donation(5, number, check=AltCheck.NONE) for number in range(30_000)]
    assert sum(plan.finding.marker is Marker.ALT for plan in plans) / 30_000 == by_chance(0.076, 30_000)


def test_a_crowd_of_first_timers_reacts_more_often() -> None:
    chance = draw(4, "crowd")
    found = sum(not screen(chance, Sex.MALE, reactive_factor=1.2).fit for _ in range(30_000))
    assert found / 30_000 == by_chance(1.2 * (0.0250 + NAT_ONLY), 30_000)


def test_six_of_ten_donors_give_for_the_first_time() -> None:
    first = sum(donation.experience is Experience.FIRST_TIME for donation in sample())
    assert first / N == by_chance(0.60, N)
    surge = [plan_donation(1, number, under=Circumstances(first_time=0.70 / 0.60)) for number in range(20_000)]
    assert sum(plan.experience is Experience.FIRST_TIME for plan in surge) / 20_000 == by_chance(0.70, 20_000)


def test_nine_of_a_hundred_who_come_are_deferred() -> None:
    chance = draw(6, "deferred")
    deferred = sum(deferred_before(chance) for _ in range(20_000))
    assert deferred / (deferred + 20_000) == by_chance(0.093, 20_000)


def test_leaks_and_clots_as_published() -> None:
    """Leak .235, clot .086, short volume .023 % of all bags; leaks 60 / 30 / 10 % centrifuge, freezer, transport."""
    every = [bag for donation in sample() for bag in donation.bags]
    losses = Counter(bag.loss for bag in every)
    for loss, share in {Loss.LEAK: 0.00235, Loss.CLOT: 0.00086, Loss.SHORT_VOLUME: 0.00023}.items():
        assert losses[loss] / len(every) == by_chance(share, len(every))
    stages = Counter(bag.lost_at for bag in every if bag.loss is Loss.LEAK)
    for stage, share in figures.LEAK_AT.items():
        assert stages[stage] / losses[Loss.LEAK] == by_chance(share, losses[Loss.LEAK])


def test_each_loss_happens_where_it_can() -> None:
    red, platelets = bags(Product.RED_CELLS), bags(Product.PLATELETS)
    fatty = [bag for bag in bags(*PLASMA, Product.PLATELETS) if bag.loss is Loss.LIPAEMIA]
    others = len(bags(*PLASMA, Product.PLATELETS))
    assert len(fatty) / others == by_chance(0.0280, others)
    assert {bag.lost_at for bag in fatty} == {Stage.EXPRESSOR}
    assert Loss.LIPAEMIA not in {bag.loss for bag in red}
    assert Stage.FREEZER not in {bag.lost_at for bag in red + platelets}
    assert {bag.lost_at for bag in bags(*PLASMA) if bag.loss is Loss.CLOT} == set()


@pytest.mark.xfail(
    strict=True, reason="3.21 % of all bags contradicts the check row of 417 plasma bags a day: see LIPAEMIA"
)
def test_physical_losses_of_all_bags_together() -> None:
    every = [bag for donation in sample() for bag in donation.bags]
    assert sum(not bag.usable for bag in every) / len(every) == pytest.approx(0.0315, abs=0.002)


def test_a_day_of_500_donations() -> None:
    """737 U collected, 714 usable; 426 red-cell and 417 plasma bags; 79 platelet doses; 12.5 reactive (+.2 NAT)."""
    days = N / 500
    whole = of(Kind.WHOLE_BLOOD)
    assert sum(donation.units for donation in whole) / days == pytest.approx(737, rel=0.01)
    good = [donation for donation in sample() if donation.finding.fit]
    red = [d for d in good if d.kind is Kind.WHOLE_BLOOD and d.bags[0].usable]
    assert sum(donation.units for donation in red) / days == pytest.approx(714, rel=0.01)
    assert len(red) / days == pytest.approx(426, rel=0.01)
    plasma = [d for d in good if d.kind is Kind.WHOLE_BLOOD and d.bags[1].usable]
    assert len(plasma) / days == pytest.approx(417, rel=0.01)
    platelets = [d for d in good if d.kind is Kind.APHERESIS]
    assert sum(len(d.bags) for d in platelets) / days == pytest.approx(79, rel=0.02)
    assert (N - len(good)) / days == pytest.approx(12.7, rel=0.06)


def test_the_same_number_is_the_same_donation() -> None:
    assert plan_donation(1, 77) == plan_donation(1, 77) == sample()[77]
    assert plan_donation(1, 77, kind=Kind.APHERESIS).kind is Kind.APHERESIS
