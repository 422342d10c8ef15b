"""The chambers of a plant as their history has taught them, and the outlooks of those that fail now.

Fitted and looked at by one thread, asked from any: what is asked is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from plant.model import Plant, ProbeKind
from plant.signals import signals_of
from runtime.sparkplug.readings import SourceRegistry
from telemetry.columns import Floats, Ints
from telemetry.forecast import Band, Basis, Minutes
from telemetry.store import ReadingStore
from telemetry.switches import COMPRESSOR_METRIC
from telemetry.thermal.cold import Coldest, fit_cold, freezing, outlook_cold
from telemetry.thermal.events import Minute, failing
from telemetry.thermal.fit import Fitted, fit
from telemetry.thermal.model import Cooling, knows
from telemetry.thermal.predict import Outlook, outlook

MINUTE_MS: Final = 60_000
LEARN_MIN: Final = 3 * 24 * 60
"""History that a chamber is fitted on."""
LOOK_BACK_MIN: Final = 8 * 60
"""How far back the beginning of a failure is looked for."""
_AGAIN_MIN: Final = 3
"""Minutes that are read again at each look: readings are stored some seconds after their time."""
_HOLDS_MS: Final = 5 * MINUTE_MS
"""An outlook older than this says nothing any more: nobody has looked since."""
_HALF: Final = 0.5
_RUNS: Final = 2
"""Column of the compressor, after those of air and load."""


@dataclass(frozen=True, slots=True)
class _Chamber:
    device: str
    probes: Mapping[ProbeKind, str]
    sources: tuple[int, int, int]
    """Air, load and compressor."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ahead:
    """The outlook of a probe, with what it was asked before: alarms ask four times a second."""

    kind: ProbeKind
    outlook: Outlook
    at_ms: int
    asked: dict[float, Minutes | None] = field(default_factory=dict)

    def left(self, band: Band) -> Minutes | None:
        limit_c = band.low if self.outlook.cooling is Cooling.NEVER_RESTS else band.high
        if np.isnan(limit_c):
            return None
        if limit_c not in self.asked:
            self.asked[limit_c] = self.outlook.left(self.kind, limit_c)
        return self.asked[limit_c]


class Forecasts:
    """Minutes to a limit by the model of `telemetry.thermal`; ``registry``: the one that the store is numbered by."""

    def __init__(self, plant: Plant, store: ReadingStore, registry: SourceRegistry) -> None:
        self._plant, self._store = plant, store
        self._chambers = tuple(_chambers(plant, registry))
        self._columns: Floats = np.full((len(self._chambers), 3, LOOK_BACK_MIN), np.nan)
        self._minute = 0
        self._ahead: Mapping[str, _Ahead] = {}
        self._beyond: tuple[str, ...] = ()
        self.fitted: Mapping[str, Fitted] = {}
        self._coldest: Mapping[str, Coldest | None] = {}

    def fit(self, now_ms: int) -> None:
        """Fit every chamber on its last days, up to the last whole minute; raises StoreError and changes nothing then.

        The newest hours are left out as soon as those before them suffice, so that a failure going on is not learned
        as usual; a chamber that is seen to fail stays as it is known.
        """
        now = now_ms // MINUTE_MS
        fitted, coldest, newest = {}, {}, self._columns.copy()
        for number, chamber in enumerate(self._chambers):
            columns = _held(self._read([chamber], now - LEARN_MIN, now))[0]
            newest[number] = columns[:, -LOOK_BACK_MIN:]
            device, fails = chamber.device, any(probe in self._ahead for probe in chamber.probes.values())
            if fails and device in self.fitted:
                fitted[device], coldest[device] = self.fitted[device], self._coldest[device]
            else:
                fitted[device], coldest[device] = self._fit(device, columns)
        self.fitted, self._coldest, self._columns, self._minute = fitted, coldest, newest, now

    def _fit(self, device: str, columns: Floats) -> tuple[Fitted, Coldest | None]:
        kind, history = self._plant.device_by_id[device].kind, _minutes(columns[:, :-LOOK_BACK_MIN])
        known = fit(kind, history)
        if known.basis is Basis.KIND or known.usual is None:
            history = _minutes(columns)
            known = fit(kind, history)
        return known, fit_cold(kind, history)

    def look(self, now_ms: int) -> tuple[str, ...]:
        """See which chambers fail, up to the last whole minute; raises StoreError and changes nothing then.

        Returns the chambers that fail in a way that the model cannot follow: for them the straight line stands in.
        """
        now = now_ms // MINUTE_MS
        passed = now - self._minute
        if not self.fitted or passed <= 0:
            return self._beyond
        again = min(passed + _AGAIN_MIN, LOOK_BACK_MIN)
        kept = self._columns[..., passed:][..., : LOOK_BACK_MIN - again]
        self._columns = _held(np.concatenate([kept, self._read(self._chambers, now - again, now)], axis=-1))
        self._minute = now
        ahead: dict[str, _Ahead] = {}
        beyond: list[str] = []
        for chamber, columns in zip(self._chambers, self._columns, strict=True):
            try:
                found = self._outlook(chamber.device, _minutes(columns))
            except np.linalg.LinAlgError:
                beyond.append(chamber.device)
                continue
            if found is not None:
                ahead |= {probe: _Ahead(kind, found, now * MINUTE_MS) for kind, probe in chamber.probes.items()}
        self._ahead, self._beyond = ahead, tuple(beyond)
        return self._beyond

    def _outlook(self, device: str, now: Minute) -> Outlook | None:
        known, coldest = self.fitted[device], self._coldest[device]
        seen = None if known.usual is None else failing(now, known.usual)
        if seen is not None:
            return outlook(known, *seen)
        falls = None if coldest is None else freezing(now, coldest)
        return None if coldest is None or falls is None else outlook_cold(coldest, falls)

    def left(self, probe: str, band: Band, now_ms: int) -> Minutes | None:
        """Minutes from now until a probe leaves its band at the side that its chamber heads for, with the 80 % band.

        None when its chamber is not seen to fail, no model knows it, or it will not get there.
        """
        ahead = self._ahead.get(probe)
        if ahead is None or now_ms - ahead.at_ms > _HOLDS_MS:
            return None
        left = ahead.left(band)
        return None if left is None else left.after(max(now_ms - ahead.at_ms, 0) / MINUTE_MS)

    def _read(self, chambers: tuple[_Chamber, ...] | list[_Chamber], begin: int, end: int) -> Floats:
        """(chamber, signal, minute) of the minutes [begin, end): the last good reading of each; nan: none."""
        span = (begin * MINUTE_MS, end * MINUTE_MS - 1)
        found = self._store.spans({source: span for chamber in chambers for source in chamber.sources})
        return np.array([[_by_minute(*found[s], begin, end - begin) for s in one.sources] for one in chambers])


def _chambers(plant: Plant, registry: SourceRegistry) -> Iterator[_Chamber]:
    """Cold chambers with a compressor that tells whether it runs, and the first probe of each kind."""
    for device in plant.devices:
        tells = COMPRESSOR_METRIC in {signal.metric for signal in signals_of(device.kind)}
        if not knows(device.kind) or not tells:
            continue
        mine = {probe.kind: probe for probe in reversed(plant.probes) if probe.device == device.id}
        if len(mine) == len(ProbeKind):
            edge = plant.edge_by_device[device.id]
            metrics = (mine[ProbeKind.AIR].metric, mine[ProbeKind.LOAD].metric, COMPRESSOR_METRIC)
            air, load, compressor = (registry.add(edge, device.id, metric) for metric in metrics)
            yield _Chamber(device.id, {kind: probe.id for kind, probe in mine.items()}, (air, load, compressor))


def _by_minute(ts_ms: Ints, value: Floats, begin: int, count: int) -> Floats:
    column: Floats = np.full(count, np.nan)
    column[ts_ms // MINUTE_MS - begin] = value  # in order of time: the last one of a minute stays
    return column


def _held(columns: Floats) -> Floats:
    """A compressor speaks when it changes: what it said holds until it says otherwise."""
    runs = columns[:, _RUNS]
    told = np.maximum.accumulate(np.where(np.isnan(runs), 0, np.arange(runs.shape[-1])), axis=-1)
    columns[:, _RUNS] = np.take_along_axis(runs, told, axis=-1)
    return columns


def _minutes(columns: Floats) -> Minute:
    """A compressor that has not spoken yet is taken to run, so that no rest is made up."""
    air, load, runs = columns
    return Minute(air, load, ~(runs < _HALF))
