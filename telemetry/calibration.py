"""What a certificate does to its probe's readings: correction by the reading's own time, doubt when overdue. Pure.

* The certificate that holds at an instant is the newest one made before it. Its offset is added to the reading.
* After its due time a reading is UNCERTAIN at best: it still raises alarms, never ends one, and vouches for no bag.
* A probe without a certificate is neither corrected nor doubted; it is listed and told of (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from runtime.sparkplug.payload import Quality

DUE_SOON_MS: Final = 30 * 86_400_000
"""How long before its due time a certificate counts as due: time enough to send a probe to a laboratory (design)."""
TOLD_LATE_MS: Final = 60 * 86_400_000
"""How long after a probe came back a certificate may be recorded that ends what was doubted meanwhile (design)."""
_FOREVER_MS: Final = 2**62


class CalibrationState(StrEnum):
    """How a probe stands with its certificate at an instant."""

    VALID = "valid"
    DUE = "due"
    OVERDUE = "overdue"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One calibration of a probe: holds from ``from_ms``, is overdue from ``due_ms`` on (milliseconds since 1970).

    ``offset_c`` is added to what the probe says, in Celsius: reference minus reading.
    """

    probe: str
    from_ms: int
    due_ms: int
    offset_c: float


class Calibrations:
    """All certificates of a site. ``certificates`` come in the order in which they were recorded.

    Of two that hold from the same instant the one recorded later counts.
    """

    def __init__(self, certificates: Iterable[Certificate] = ()) -> None:
        of_probe: dict[str, dict[int, Certificate]] = {}
        for certificate in certificates:
            of_probe.setdefault(certificate.probe, {})[certificate.from_ms] = certificate
        self._of_probe = {
            probe: tuple(known[from_ms] for from_ms in sorted(known)) for probe, known in of_probe.items()
        }

    def of(self, probe: str) -> tuple[Certificate, ...]:
        """Certificates of one probe, oldest first."""
        return self._of_probe.get(probe, ())

    def at(self, probe: str, ts_ms: int) -> Certificate | None:
        """The certificate that holds for a reading of that instant, overdue or not; None before the first."""
        return next((one for one in reversed(self.of(probe)) if one.from_ms <= ts_ms), None)

    def overdue(self, probe: str) -> list[tuple[int, int]]:
        """When a probe may have been overdue, oldest first; a new certificate ends that, and may be told of late."""
        known, spans = self.of(probe), list[tuple[int, int]]()
        for number, one in enumerate(known, 1):
            renewed_ms = known[number].from_ms if number < len(known) else _FOREVER_MS
            spans.append((one.due_ms, max(renewed_ms, one.due_ms + TOLD_LATE_MS)))
        return spans

    def state(self, probe: str, now_ms: int) -> CalibrationState:
        """How a probe stands now."""
        certificate = self.at(probe, now_ms)
        if certificate is None:
            return CalibrationState.NONE
        if certificate.due_ms <= now_ms:
            return CalibrationState.OVERDUE
        return CalibrationState.DUE if certificate.due_ms - DUE_SOON_MS <= now_ms else CalibrationState.VALID

    def for_rows(self, probes: Sequence[str]) -> Corrections:
        """The same for many readings at once, whose probe is said by its position in ``probes``."""
        return Corrections([self.of(probe) for probe in probes])


class Corrections:
    """Certificates of rows as columns, for whole batches (numpy). Made by `Calibrations.for_rows`."""

    def __init__(self, certificates: Sequence[Sequence[Certificate]]) -> None:
        rows, deepest = len(certificates), max((len(known) for known in certificates), default=0)
        self._from_ms = np.full((rows, deepest), _FOREVER_MS, dtype=np.int64)
        self._due_ms = np.full((rows, deepest + 1), _FOREVER_MS, dtype=np.int64)  # column 0: no certificate yet
        self._offset_c = np.zeros((rows, deepest + 1))
        for row, known in enumerate(certificates):
            for column, one in enumerate(known):
                self._from_ms[row, column] = one.from_ms
                self._due_ms[row, column + 1] = one.due_ms
                self._offset_c[row, column + 1] = one.offset_c

    def apply(
        self,
        rows: npt.NDArray[np.int64],
        ts_ms: npt.NDArray[np.int64],
        value_c: npt.NDArray[np.float64],
        quality: npt.NDArray[np.uint8],
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
        """Corrected values, and qualities that are UNCERTAIN at best where the certificate was overdue.

        ``rows``: row of each reading, -1 where there is none (left as it is). Null stays null, worse stays worse.
        """
        mine = np.flatnonzero(rows >= 0)
        if len(mine) == 0 or self._from_ms.shape[1] == 0:
            return value_c, quality
        row, at = rows[mine], ts_ms[mine]
        holds = (self._from_ms[row] <= at[:, None]).sum(axis=1)  # how many have begun: the last of them holds
        corrected, judged = value_c.copy(), quality.copy()
        corrected[mine] += self._offset_c[row, holds]
        overdue = mine[self._due_ms[row, holds] <= at]
        judged[overdue] = np.minimum(judged[overdue], np.uint8(Quality.UNCERTAIN.code))
        return corrected, judged
