"""Link budget, portal Monte Carlo, reader speed and shelf antennas: the check values of world.md 3."""

import math
import statistics
from collections import Counter
from datetime import UTC, datetime

import pytest

from simulators.chance import draw
from simulators.radio import link
from simulators.radio.inventory import (
    MODES,
    Session,
    first_q,
    flag_s,
    inventory_round,
    lone_tag_reads_per_s,
    slot_times,
    tags_per_s,
    useful_tags_per_s,
)
from simulators.radio.link import TagOn
from simulators.radio.portal import Antenna, Labels, Portal, dwell_s, is_direction_right, is_read
from simulators.radio.shelf import READ_SHARE, ROUNDS_TO_ABSENCE, is_chronic, shelf_round

AT = datetime(2026, 11, 22, tzinfo=UTC)
ONE, TWO, FOUR = (Antenna.LEFT,), (Antenna.LEFT, Antenna.RIGHT), tuple(Antenna)


@pytest.mark.parametrize(("distance_m", "dbm"), [(0.3, -35), (0.6, -47), (1.0, -56), (2.0, -68), (3.0, -75)])
def test_the_strength_of_an_answer_falls_with_the_distance(distance_m: float, dbm: float) -> None:
    assert link.rssi_dbm(distance_m) == pytest.approx(dbm, abs=0.6)


def test_a_bag_parked_before_a_portal_answers_at_the_strength_of_a_stray() -> None:
    assert link.rssi_dbm(1.5) == pytest.approx(-62, abs=1)
    assert link.rssi_dbm(link.STRAY_WITHIN_M) == pytest.approx(-72, abs=1)
    assert link.rssi_dbm(1.5, link.PANEL_DB) < link.RECEIVER_FLOOR_DBM


def test_a_filled_bag_is_reached_within_two_and_a_half_metres_and_a_matched_one_within_four() -> None:
    assert link.range_m() == pytest.approx(2.6, abs=0.05)
    assert link.range_m(loss_db=-3.0) == pytest.approx(3.7, abs=0.06)
    assert link.range_m(TagOn.POOR_LABEL, loss_db=-3.0) == pytest.approx(2.5, abs=0.05)
    reach = [link.range_m(on) for on in (TagOn.POOR_LABEL, TagOn.BAG, TagOn.FROZEN_PLASMA, TagOn.AIR)]
    assert reach == sorted(reach)


def test_fading_is_rician_and_shadow_has_its_spread() -> None:
    fades = [10 ** (-link.fade_db(draw(1, "fade", number)) / 10) for number in range(6000)]
    assert statistics.fmean(fades) == pytest.approx(1.0, abs=0.03)
    k = 10**0.4
    assert statistics.pvariance(fades) == pytest.approx((1 + 2 * k) / (1 + k) ** 2, rel=0.1)
    shadows = [link.shadow_db(draw(1, "shadow", number)) for number in range(4000)]
    assert statistics.pstdev(shadows) == pytest.approx(2.5, rel=0.05)


def test_blocking_grows_with_the_packing_and_ends_at_three_bags() -> None:
    drawn = [link.blocking_bags(draw(1, "block", number), 20) for number in range(4000)]
    assert statistics.fmean(drawn) == pytest.approx(1.1, abs=0.08)
    assert max(drawn) == 3


def read_share(portal: Portal, bags: int, labels: Labels = Labels.ANYHOW, tags: int = 2500) -> float:
    return sum(is_read(portal, bags, labels, draw(4, "tag", portal, bags, number)) for number in range(tags)) / tags


@pytest.mark.parametrize(
    ("bags", "labels", "antennas", "share", "tolerance"),
    [
        (1, Labels.ANYHOW, ONE, 0.980, 0.012),
        (1, Labels.ANYHOW, TWO, 0.9995, 0.002),
        (1, Labels.ANYHOW, FOUR, 1.0, 0.001),
        (20, Labels.ANYHOW, ONE, 0.74, 0.03),
        (20, Labels.ANYHOW, TWO, 0.93, 0.02),
        (20, Labels.ANYHOW, FOUR, 0.995, 0.005),
        (20, Labels.ALIGNED, ONE, 0.78, 0.03),
        (20, Labels.ALIGNED, TWO, 0.94, 0.02),
        (20, Labels.ALIGNED, FOUR, 0.997, 0.003),
        (60, Labels.ANYHOW, ONE, 0.38, 0.03),
        (60, Labels.ANYHOW, TWO, 0.62, 0.03),
        (60, Labels.ANYHOW, FOUR, 0.85, 0.02),
    ],
)
def test_a_portal_reads_the_share_of_the_table(
    bags: int, labels: Labels, antennas: tuple[Antenna, ...], share: float, tolerance: float
) -> None:
    assert read_share(Portal(antennas), bags, labels) == pytest.approx(share, abs=tolerance)


def test_thicker_bags_and_weaker_tags_are_read_less() -> None:
    assert read_share(Portal(FOUR, block_db=15.0), 20) == pytest.approx(0.952, abs=0.012)
    assert read_share(Portal(FOUR, on=TagOn.FROZEN_PLASMA), 20) == pytest.approx(0.9985, abs=0.002)
    assert read_share(Portal(FOUR, on=TagOn.POOR_LABEL), 20) == pytest.approx(0.983, abs=0.008)


def test_a_tag_stays_in_the_field_for_three_seconds() -> None:
    assert dwell_s(0.4) == pytest.approx(3.0)


def test_twenty_tags_are_counted_in_a_pass_at_any_speed() -> None:
    """Speeds of 0.2 to 1.5 m/s change nothing: even the fastest pass has time for several rounds."""
    assert dwell_s(1.5) * useful_tags_per_s(MODES[2]) > 5 * 20


@pytest.mark.parametrize(("gap_m", "share"), [(3.0, 0.98), (0.5, 0.90)])
def test_the_direction_is_right_98_times_in_a_hundred_and_90_when_totes_are_close(gap_m: float, share: float) -> None:
    right = sum(is_direction_right(draw(1, "way", number), gap_m) for number in range(8000)) / 8000
    assert right == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("mode", "slots_ms", "best", "lone", "useful", "gain_db"),
    [
        (0, (0.54, 0.09, 0.13), 1397, 1860, 980, 0),
        (1, (0.81, 0.09, 0.18), 978, 1236, 680, 2),
        (4, (1.36, 0.10, 0.27), 605, 734, 420, 4),
        (2, (3.43, 0.29, 0.69), 237, 291, 165, 6),
        (3, (8.82, 0.30, 1.57), 98, 113, 70, 9),
    ],
)
def test_a_reader_counts_as_fast_as_its_slots_allow(
    mode: int, slots_ms: tuple[float, float, float], best: float, lone: float, useful: float, gain_db: float
) -> None:
    slot = slot_times(MODES[mode])
    assert (slot.success_ms, slot.empty_ms, slot.collision_ms) == pytest.approx(slots_ms, rel=0.06)
    assert tags_per_s(MODES[mode]) == pytest.approx(best, rel=0.01)
    assert lone_tag_reads_per_s(MODES[mode]) == pytest.approx(lone, rel=0.01)
    assert useful_tags_per_s(MODES[mode]) == pytest.approx(useful, rel=0.03)
    assert MODES[mode].gain_db == gain_db


def test_a_slower_mode_hears_more() -> None:
    ranked = sorted(MODES.values(), key=tags_per_s)
    assert [mode.gain_db for mode in ranked] == sorted((mode.gain_db for mode in ranked), reverse=True)


@pytest.mark.parametrize("tags", [8, 20, 60, 200])
def test_rounds_reach_most_of_the_best_rate(tags: int) -> None:
    read, seconds = 0, 0.0
    for number in range(40):
        done = inventory_round(tags, first_q(tags), MODES[2], draw(1, "round", tags, number))
        assert len(set(done.read)) == len(done.read)
        read += len(done.read)
        seconds += done.seconds
    assert 0.7 <= read / seconds / tags_per_s(MODES[2]) <= 1.15


def test_q_finds_a_field_of_unknown_size() -> None:
    q, shares = 0.0, []
    for number in range(6):
        done = inventory_round(200, q, MODES[2], draw(1, "unknown", number))
        q, shares = done.q, [*shares, len(done.read) / 200]
    assert q == pytest.approx(math.log2(200), abs=1.0)
    assert min(shares) > 0.9


def test_an_empty_field_costs_one_slot_in_the_end() -> None:
    q = 4.0
    for number in range(20):
        done = inventory_round(0, q, MODES[2], draw(1, "empty", number))
        q = done.q
    assert (done.read, q) == ((), 0.0)
    assert done.seconds == pytest.approx(slot_times(MODES[2]).empty_ms / 1000)


@pytest.mark.parametrize(
    ("session", "low_s", "high_s"), [(Session.S0, 0, 0), (Session.S1, 0.5, 5), (Session.S2, 2, 60)]
)
def test_a_tag_that_was_read_stays_silent_for_its_session(session: Session, low_s: float, high_s: float) -> None:
    times = [flag_s(session, draw(1, "flag", number)) for number in range(300)]
    assert low_s <= min(times) <= max(times) <= high_s


BAGS = {f"shelf-1/{slot:02d}": f"epc-{slot:02d}" for slot in range(16)}
NEXT_DOOR = {f"shelf-2/{slot:02d}": f"next-{slot:02d}" for slot in range(16)}
ROUNDS = 1500


@pytest.fixture(scope="module")
def shelf() -> Counter[str]:
    heard: Counter[str] = Counter()
    for number in range(ROUNDS):
        reads = shelf_round(1, reader="shelf", antenna=1, number=number, at=AT, bags=BAGS, neighbours=NEXT_DOOR)
        heard.update(read.epc for read in reads)
    return heard


def test_a_shelf_hears_its_bags_985_times_in_a_thousand(shelf: Counter[str]) -> None:
    sound = [epc for slot, epc in BAGS.items() if not is_chronic(1, slot)]
    assert sum(shelf[epc] for epc in sound) / (ROUNDS * len(sound)) == pytest.approx(0.985, abs=0.003)


def test_a_shelf_hears_its_neighbours_twice_in_a_hundred_and_weaker(shelf: Counter[str]) -> None:
    assert sum(shelf[epc] for epc in NEXT_DOOR.values()) / (ROUNDS * len(NEXT_DOOR)) == pytest.approx(0.02, abs=0.003)
    own, leaked = [], []
    for number in range(200):
        for read in shelf_round(1, reader="s", antenna=1, number=number, at=AT, bags=BAGS, neighbours=NEXT_DOOR):
            (leaked if read.epc.startswith("next") else own).append(read.rssi_dbm)
    assert 10 <= statistics.fmean(own) - statistics.fmean(leaked) <= 15


def test_one_slot_in_a_hundred_is_chronic_and_reads_six_times_in_ten() -> None:
    slots = [f"shelf/{number}" for number in range(5000)]
    chronic = [slot for slot in slots if is_chronic(1, slot)]
    assert len(chronic) / len(slots) == pytest.approx(0.01, abs=0.004)
    bad = {chronic[0]: "epc"}
    heard = sum(
        len(shelf_round(1, reader="s", antenna=1, number=number, at=AT, bags=bad, neighbours={}))
        for number in range(2000)
    )
    assert heard / 2000 == pytest.approx(0.6, abs=0.04)


def test_a_bag_that_lies_still_is_called_absent_three_times_in_a_million() -> None:
    falsely_absent = (1 - READ_SHARE) ** ROUNDS_TO_ABSENCE
    assert falsely_absent == pytest.approx(3e-6, rel=0.15)


def test_a_removed_bag_is_not_heard_again() -> None:
    left = {slot: epc for slot, epc in BAGS.items() if epc != "epc-03"}
    for number in range(50):
        reads = shelf_round(1, reader="s", antenna=1, number=number, at=AT, bags=left, neighbours={})
        assert all(read.epc != "epc-03" for read in reads)


def test_a_damp_day_weakens_every_answer_of_a_shelf() -> None:
    dry, damp = (
        shelf_round(1, reader="s", antenna=1, number=1, at=AT, bags=BAGS, neighbours={}, loss_db=loss_db)
        for loss_db in (0.0, link.DAMP_DB)
    )
    assert [read.rssi_dbm + 6 for read in damp] == [read.rssi_dbm for read in dry]


def test_losses_count_twice_for_an_answer_and_once_for_a_tag() -> None:
    assert link.tag_power_dbm(1.0) - link.tag_power_dbm(1.0, 5.0) == pytest.approx(5.0)
    assert link.rssi_dbm(1.0) - link.rssi_dbm(1.0, 5.0) == pytest.approx(10.0)
    assert link.pointing_loss_db(math.cos(math.radians(60)), 1.0) == pytest.approx(6.0, abs=0.05)
    assert link.pointing_loss_db(1.0, 0.0) == pytest.approx(17.0, abs=0.05)
