"""Questions about long ago, put to an InfluxDB 2 that the mirror filled: history and gaps, by Flux.

The text of the query is fixed; everything that varies travels beside it as a parameter, so nothing that a person or a
device named can become part of it. The mirror leaves out null values: they are neither read nor counted here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from influxdb_client import InfluxDBClient
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.flux_table import FluxRecord
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from runtime.clock import Clock
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceKey
from telemetry.mirror import MEASUREMENT, tag_of
from telemetry.rollups import MEAN_DECIMALS
from telemetry.store import History, QualityCounts, StoreError

_TIMEOUT_MS: Final = 30_000
QUERY: Final = """
readings = from(bucket: askedBucket)
  |> range(start: askedFrom, stop: askedStop)
  |> filter(fn: (r) => r._measurement == askedMeasurement)
  |> filter(fn: (r) => r.edge == askedEdge and r.device == askedDevice and r.metric == askedMetric)
  |> filter(fn: (r) => r._field == "value" or r._field == "quality")
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> sort(columns: ["_time"])

good = readings |> filter(fn: (r) => r.quality == askedGood)

good
  |> window(every: askedStep)
  |> reduce(
      identity: {low: float(v: "+Inf"), high: float(v: "-Inf"), total: 0.0, count: 0},
      fn: (r, accumulator) => ({
        low: if r.value < accumulator.low then r.value else accumulator.low,
        high: if r.value > accumulator.high then r.value else accumulator.high,
        total: accumulator.total + r.value,
        count: accumulator.count + 1,
      }),
    )
  |> yield(name: "steps")

good |> first(column: "value") |> keep(columns: ["_time"]) |> yield(name: "first")
good |> last(column: "value") |> keep(columns: ["_time"]) |> yield(name: "last")
good
  |> elapsed(unit: 1ms)
  |> filter(fn: (r) => r.elapsed > askedGap)
  |> keep(columns: ["_time", "elapsed"])
  |> yield(name: "gaps")
readings |> group(columns: ["quality"]) |> count(column: "value") |> yield(name: "counts")
"""
_COUNTED: Final = {
    Quality.GOOD.code: "good",
    Quality.UNCERTAIN.code: "uncertain",
    Quality.BAD.code: "bad",
    Quality.STALE.code: "stale",
}


class FluxHistory:
    """The history of one source out of one bucket; may be asked from any thread."""

    def __init__(self, *, url: str, token: str, org: str, bucket: str) -> None:
        self._bucket = bucket
        self._client = InfluxDBClient(url=url, token=token, org=org, timeout=_TIMEOUT_MS)
        self._query = self._client.query_api()

    def history(self, key: SourceKey, from_ms: int, to_ms: int, step_ms: int, gap_after_ms: int) -> History:
        """Min, mean and max of good readings per step in [from, to], and gaps, as `ReadingStore.history` gives them.

        Raises StoreError when the server is away or refuses, ValueError for an impossible question.
        """
        if step_ms < 1 or to_ms < from_ms:
            raise ValueError("a history needs a step of at least 1 ms and an interval that begins before it ends")
        edge, device, metric = (tag_of(part) for part in key)
        asked = {
            "askedBucket": self._bucket,
            "askedFrom": _instant(from_ms),
            "askedStop": _instant(to_ms + 1),
            "askedMeasurement": MEASUREMENT,
            "askedEdge": edge,
            "askedDevice": device,
            "askedMetric": metric,
            "askedGood": Quality.GOOD.code,
            "askedStep": timedelta(milliseconds=step_ms),
            "askedGap": gap_after_ms,
        }
        try:
            tables = self._query.query(QUERY, params=asked)
        except (ApiException, InfluxDBError, HTTPError, OSError) as error:
            raise StoreError(f"The telemetry archive does not answer: {error}") from error
        named: dict[str, list[FluxRecord]] = {}
        for table in tables:
            for record in table.records:
                named.setdefault(str(record.values["result"]), []).append(record)
        points = sorted(_point(record, step_ms) for record in named.get("steps", []))
        return History(points, _gaps(named, from_ms, to_ms, gap_after_ms), _counts(named.get("counts", [])))

    def close(self) -> None:
        """Release the connection."""
        self._client.close()


class Archive:
    """A `FluxHistory` for questions about more than so many days ago; later ones are the historian's own."""

    def __init__(self, history: FluxHistory, clock: Clock, older_than_days: int) -> None:
        self._history, self._clock, self._age = history, clock, timedelta(days=older_than_days)

    def answers(self, from_ms: int) -> bool:
        """True when a history that begins at an instant is to be asked here."""
        return from_ms < _ms(self._clock.now() - self._age)

    def history(self, key: SourceKey, from_ms: int, to_ms: int, step_ms: int, gap_after_ms: int) -> History:
        """As `FluxHistory.history`."""
        return self._history.history(key, from_ms, to_ms, step_ms, gap_after_ms)


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _point(record: FluxRecord, step_ms: int) -> tuple[int, float, float, float]:
    """A window as a point; the first window begins with the question, its step before."""
    values = record.values
    mean = round(float(values["total"]) / int(values["count"]), MEAN_DECIMALS)
    return _ms(values["_start"]) // step_ms * step_ms, float(values["low"]), mean, float(values["high"])


def _gaps(named: dict[str, list[FluxRecord]], from_ms: int, to_ms: int, gap_after_ms: int) -> list[tuple[int, int]]:
    """What lies between good readings too far apart, and before the first and after the last."""
    first, last = (named.get(name, []) for name in ("first", "last"))
    begins = _ms(first[0].values["_time"]) if first else to_ms
    ends = _ms(last[0].values["_time"]) if last else to_ms
    inside = [
        (_ms(r.values["_time"]) - int(r.values["elapsed"]), _ms(r.values["_time"])) for r in named.get("gaps", [])
    ]
    spans = [(from_ms, begins), *sorted(inside), (ends, to_ms)]
    return [(a, b) for a, b in spans if b - a > gap_after_ms]


def _counts(records: list[FluxRecord]) -> QualityCounts:
    counts = dict.fromkeys(_COUNTED.values(), 0)
    for record in records:
        counts[_COUNTED.get(int(record.values["quality"]), "bad")] += int(record.values["value"])
    return QualityCounts(**counts)
