"""Many tags carried through a portal at once, as LLRP bytes made beforehand (geometry and signal of world.md 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from simulators.llrp.codec import Message, frame

TAGS_PER_REPORT: Final = 64
"""What `rfid.reader_link` asks readers for."""
PASS_S: Final = 3.2
_SPEED_M_PER_S: Final = 1.0
_BEFORE_M: Final = 1.2
_SPACING_M: Final = 0.8
_HEIGHT_M: Final = 0.7
_HEARD_FROM_DBM: Final = -72
_TAG: Final = np.dtype(
    [
        ("report", ">u2"), ("report_bytes", ">u2"), ("epc_data", ">u2"), ("epc_bytes", ">u2"), ("epc_bits", ">u2"),
        ("epc", "u1", 16), ("antenna_tag", "u1"), ("antenna", ">u2"), ("rssi_tag", "u1"), ("rssi", "i1"),
        ("first_tag", "u1"), ("first_us", ">u8"), ("last_tag", "u1"), ("last_us", ">u8"),
        ("seen_tag", "u1"), ("seen", ">u2"),
    ]
)  # fmt: skip
_FIXED: Final = {
    "report": 240, "report_bytes": _TAG.itemsize, "epc_data": 241, "epc_bytes": 22, "epc_bits": 128,
    "antenna_tag": 0x81, "rssi_tag": 0x86, "first_tag": 0x82, "last_tag": 0x84, "seen_tag": 0x88, "seen": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """Reads of many tags in order of time; `after_us` counts from the beginning of the passage."""

    tags: npt.NDArray[Any]
    after_us: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.tags)

    def reports(self, start_us: int) -> list[tuple[int, bytes]]:
        """RO_ACCESS_REPORTs of a passage that begins at an instant: (microseconds after it, bytes) in order."""
        tags = self.tags.copy()
        tags["first_us"] = tags["last_us"] = start_us + self.after_us
        slices = range(0, len(tags), TAGS_PER_REPORT)
        return [
            (
                int(self.after_us[min(at + TAGS_PER_REPORT, len(tags)) - 1]),
                frame(Message.RO_ACCESS_REPORT, 0, tags[at : at + TAGS_PER_REPORT].tobytes()),
            )
            for at in slices
        ]


def passage(epcs: Sequence[str], looks_per_tag: int, seed: int) -> Passage:
    """Tags carried past antenna 1 (outside), then antenna 2 (inside); each antenna looks so often in the pass."""
    dice = np.random.default_rng(seed)
    shape = (len(epcs), looks_per_tag)
    parts = []
    codes = np.frombuffer(bytes.fromhex("".join(epcs)), dtype=np.uint8).reshape(len(epcs), 16)
    for antenna, centre_m in ((1, 0.0), (2, _SPACING_M)):
        at_s = dice.uniform(0, PASS_S, shape)
        distance_m = np.hypot(at_s * _SPEED_M_PER_S - _BEFORE_M - centre_m, _HEIGHT_M)
        rssi = 35 - 21 - 2 * (31.75 + 20 * np.log10(distance_m)) - 6 + dice.normal(0, 2, shape)
        which, look = np.nonzero(rssi > _HEARD_FROM_DBM)
        tags = np.zeros(len(which), _TAG)
        for field, value in _FIXED.items():
            tags[field] = value
        tags["epc"], tags["antenna"], tags["rssi"] = codes[which], antenna, np.round(rssi[which, look])
        parts.append((tags, (at_s[which, look] * 1e6).astype(np.int64)))
    tags = np.concatenate([part[0] for part in parts]).astype(_TAG)  # concatenating turns the byte order
    after_us = np.concatenate([part[1] for part in parts])
    order = np.argsort(after_us, kind="stable")
    return Passage(tags[order], after_us[order])
