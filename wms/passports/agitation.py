"""Platelets at rest: what the agitators said, and every place that has none. Pure but for the records it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from blood.components import Agitation
from telemetry.exposure import Stay
from telemetry.records import Records, Span, known
from telemetry.sources import AGITATOR_METRIC
from wms.passports.model import AgitationLine, Rest
from wms.store.metadata import from_us

SPEAKS_EVERY_MS: Final = 15 * 60_000
"""An agitator that has not spoken for so long may have stopped: its signal is repeated every minute."""
_LEAST_MIN: Final = 0.5
"""Shorter is a change of places, no rest."""


def agitation_of(rule: Agitation, stays: Sequence[Stay], records: Records, now_ms: int) -> AgitationLine:
    """Every rest of a bag against its profile. Neighbouring rests are one. Raises StoreError."""
    rests = _merged([rest for stay in stays for rest in _of_stay(stay, records, now_ms)])
    sure = [rest.minutes for rest in rests if rest.known]
    unknown = sum(rest.minutes for rest in rests if not rest.known)
    longest, total = max(sure, default=0.0), sum(sure)
    longest_at_most = max((rest.minutes for rest in rests), default=0.0)
    single = None if rule.max_single_gap is None else rule.max_single_gap.total_seconds() / 60
    whole = None if rule.max_total_gap is None else rule.max_total_gap.total_seconds() / 60
    return AgitationLine(
        rests=tuple(rests),
        longest_min=round(longest, 2),
        total_min=round(total, 2),
        unknown_min=round(unknown, 2),
        max_single_min=single,
        max_total_min=whole,
        kept=_kept((longest, single), (total, whole), (longest_at_most, single), (total + unknown, whole)),
        source=rule.evidence.source,
        status=rule.evidence.status,
    )


def _kept(*pairs: tuple[float, float | None]) -> bool | None:
    """False: a limit is passed for sure; None: it may have been. The first two are for sure, the others at most."""
    if any(most is not None and minutes > most for minutes, most in pairs[:2]):
        return False
    return None if any(most is not None and minutes > most for minutes, most in pairs[2:]) else True


def _of_stay(stay: Stay, records: Records, now_ms: int) -> Iterator[Rest]:
    until = now_ms if stay.to_ms is None else min(stay.to_ms, now_ms)
    if until <= stay.from_ms:
        return
    device = records.coverage.agitator(stay.place)
    if device is None:
        yield _rest(stay.place, (stay.from_ms, until), is_known=True)
        return
    said = known(records.of(device, AGITATOR_METRIC), stay.from_ms, until, holds_ms=SPEAKS_EVERY_MS)
    still = said.value < 0.5
    for a, b in zip(said.start[still].tolist(), said.end[still].tolist(), strict=True):
        yield _rest(stay.place, (a, b), is_known=True)
    begins = np.append(said.start, until)
    ends = np.concatenate([np.array([stay.from_ms], dtype=np.int64), said.end])
    for at in np.flatnonzero(begins > ends):
        yield _rest(stay.place, (int(ends[at]), int(begins[at])), is_known=False)


def _rest(place: str, span: Span, *, is_known: bool) -> Rest:
    minutes = (span[1] - span[0]) / 60_000
    return Rest(
        place=place,
        from_at=from_us(span[0] * 1000),
        to_at=from_us(span[1] * 1000),
        minutes=round(minutes, 2),
        known=is_known,
    )


def _merged(rests: Sequence[Rest]) -> list[Rest]:
    found: list[Rest] = []
    for one in sorted(rests, key=lambda rest: rest.from_at):
        last = found[-1] if found else None
        if last is not None and last.known is one.known and one.from_at <= last.to_at:
            to_at = max(last.to_at, one.to_at)
            minutes = round((to_at - last.from_at).total_seconds() / 60, 2)
            found[-1] = Rest(place=last.place, from_at=last.from_at, to_at=to_at, minutes=minutes, known=last.known)
        else:
            found.append(one)
    return [rest for rest in found if rest.minutes >= _LEAST_MIN]
