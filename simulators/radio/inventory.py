"""How fast a reader counts tags: Gen2 slot times of real modes, rounds of slotted ALOHA, sessions (world.md 3.3)."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

USEFUL_SHARE: Final = 0.7
"""What hops between channels and reporting leave of the fastest rate."""
REPORT_EVERY_S: Final = 0.25
ANTENNA_TURN_S: Final = (0.05, 0.2)

_DELIMITER_US: Final = 12.5
_QUERY_REP_BITS: Final = 4
_ACK_BITS: Final = 18
_RN16_BITS: Final = 17  # with the dummy bit at its end
_EPC_BITS: Final = 129  # PC, 96-bit EPC, CRC, dummy
_FM0_PREAMBLE: Final = 6
_MILLER_PREAMBLE: Final = 10
_WAIT_CYCLES: Final = 6.0  # of the backscatter link, between an answer and the next command
_EMPTY_SHARE: Final = math.exp(-1.0)  # of the slots at the best frame length, and of the successes
_COLLISION_SHARE: Final = 1.0 - 2.0 * _EMPTY_SHARE
_Q_STEP: Final = 0.3
_MOST_Q: Final = 15.0


@dataclass(frozen=True, slots=True)
class Mode:
    """One mode of a reader: backscatter link in kHz, cycles a bit (1 is FM0), Tari in us, length of a one in Taris.

    ``gain_db`` is its sensitivity against mode 0.
    """

    number: int
    link_khz: float
    cycles_a_bit: int
    tari_us: float
    one_taris: float
    gain_db: float


MODES: Final = {
    mode.number: mode
    for mode in (
        Mode(0, 640.0, 1, 6.25, 1.5, 0.0),
        Mode(1, 640.0, 2, 6.25, 1.5, 2.0),
        Mode(2, 274.0, 4, 20.0, 2.0, 6.0),
        Mode(3, 170.6, 8, 20.0, 2.0, 9.0),
        Mode(4, 640.0, 4, 7.14, 1.5, 4.0),
    )
}


@dataclass(frozen=True, slots=True)
class SlotTimes:
    """Milliseconds of a slot in which one tag answers, none, or several."""

    success_ms: float
    empty_ms: float
    collision_ms: float


@dataclass(frozen=True, slots=True)
class InventoryRound:
    """What one round did: indices of the tags read, its length, and the Q for the next."""

    read: tuple[int, ...]
    seconds: float
    q: float


class Session(StrEnum):
    """Inventory session of Gen2."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"


_FLAG_S: Final = {Session.S0: (0.0, 0.0), Session.S1: (0.5, 5.0), Session.S2: (2.0, 60.0), Session.S3: (2.0, 60.0)}


def slot_times(mode: Mode) -> SlotTimes:
    """Slot times from Gen2 timing."""
    cycle_us = 1000.0 / mode.link_khz
    bit_us = cycle_us * mode.cycles_a_bit
    one_us = mode.tari_us * mode.one_taris
    calibration_us = mode.tari_us + one_us
    mean_bit_us = 0.5 * calibration_us
    sync_us = _DELIMITER_US + mode.tari_us + calibration_us
    query_rep_us = sync_us + _QUERY_REP_BITS * mean_bit_us
    ack_us = sync_us + _ACK_BITS * mean_bit_us
    answer_us, wait_us = max(calibration_us, 10.0 * cycle_us), _WAIT_CYCLES * cycle_us
    preamble = _FM0_PREAMBLE if mode.cycles_a_bit == 1 else _MILLER_PREAMBLE
    rn16_us, epc_us = ((preamble + bits) * bit_us for bits in (_RN16_BITS, _EPC_BITS))
    collision_us = query_rep_us + answer_us + rn16_us + wait_us
    return SlotTimes(
        success_ms=(collision_us + ack_us + answer_us + epc_us + wait_us) / 1000.0,
        empty_ms=(query_rep_us + answer_us + wait_us) / 1000.0,
        collision_ms=collision_us / 1000.0,
    )


def tags_per_s(mode: Mode) -> float:
    """Tags a second at the best frame length, where 36.8 % of the slots succeed."""
    slot = slot_times(mode)
    mean_ms = _EMPTY_SHARE * (slot.success_ms + slot.empty_ms) + _COLLISION_SHARE * slot.collision_ms
    return _EMPTY_SHARE / mean_ms * 1000.0


def lone_tag_reads_per_s(mode: Mode) -> float:
    """Reads a second of a tag that is alone in the field."""
    return 1000.0 / slot_times(mode).success_ms


def useful_tags_per_s(mode: Mode) -> float:
    """Tags a second to plan with."""
    return USEFUL_SHARE * tags_per_s(mode)


def first_q(tags: int) -> float:
    """Q to begin with when about so many tags are expected."""
    return float(round(math.log2(max(tags, 1))))


def inventory_round(tags: int, q: float, mode: Mode, chance: random.Random) -> InventoryRound:
    """One round over so many energised tags, begun with ``2**round(q)`` slots.

    Q rises by 0.3 at a collision and falls by 0.3 at an empty slot; when that changes its whole number, the tags that
    are left draw new slots. The round is over when a frame ends without such a change and without a collision.
    """
    times, waiting = slot_times(mode), list(range(tags))
    read: list[int] = []
    milliseconds, goes_on = 0.0, True
    while goes_on:
        frame, goes_on = _frame(waiting, 1 << round(q), chance), False
        for answering in frame:
            before = round(q)
            if len(answering) == 1:
                read.append(answering[0])
                waiting.remove(answering[0])
                milliseconds += times.success_ms
            elif answering:
                milliseconds += times.collision_ms
                q, goes_on = min(q + _Q_STEP, _MOST_Q), True
            else:
                milliseconds += times.empty_ms
                q = max(q - _Q_STEP, 0.0)
            if round(q) != before:
                goes_on = True
                break
    return InventoryRound(read=tuple(read), seconds=milliseconds / 1000.0, q=first_q(len(read)))


def _frame(waiting: list[int], slots: int, chance: random.Random) -> list[list[int]]:
    """Which tags answer in each slot of a frame."""
    frame: list[list[int]] = [[] for _ in range(slots)]
    for tag in waiting:
        frame[chance.randrange(slots)].append(tag)
    return frame


def flag_s(session: Session, chance: random.Random) -> float:
    """Seconds for which a tag that was read stays silent in a session after it has left the field."""
    return chance.uniform(*_FLAG_S[session])
