"""The cold chain screen and a probe's history with what it is drawn with; what nobody knows is null."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch
from telemetry.forecast import Basis, Minutes
from telemetry.store import History, QualityCounts
from telemetry.switches import COMPRESSOR_METRIC, DEFROST_METRIC

AIR, DOOR, DEVICE = "cold-1-air", "cold-1-door", "cold-1"


async def get(centre: Any, path: str, **params: Any) -> dict[str, Any]:
    async with centre.client("operator") as client:
        answer = await client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def store_of(centre: Any, device: str = DEVICE) -> dict[str, Any]:
    stores = (await get(centre, "/cold-chain"))["stores"]
    return next(dict(store) for store in stores if store["device"] == device)


def says(centre: Any, metric: str, value: float, quality: Quality = Quality.GOOD, *, minutes_ago: float = 0) -> int:
    """A switch of the cold room on the wire."""
    edge = centre.plant.edge_by_device[DEVICE]
    source = centre.house.telemetry.registry.find(edge, DEVICE, metric)
    assert source is not None
    at = centre.clock.now() - timedelta(minutes=minutes_ago)
    centre.offset += 1
    batch = ReadingBatch(
        edge=edge, epoch="e1", first_offset=centre.offset, last_offset=centre.offset,
        source=np.array([source], np.int32), value=np.array([value]),
        ts_ms=np.array([int(at.timestamp() * 1000)], np.int64),
        quality=np.array([quality.code], np.uint8), historical=np.zeros(1, np.bool_), texts=[],
    )  # fmt: skip
    centre.ingest.process([batch], centre.clock.now())
    return int(source)


async def test_a_store_that_never_spoke_is_unknown_in_everything(centre: Any) -> None:
    store = await store_of(centre)
    assert [store[name] for name in ("door_open", "defrosting", "compressor_on", "power")] == [None] * 4
    assert {probe["value_c"] for probe in store["probes"]} == {None}
    assert {probe["quality"] for probe in store["probes"]} == {"stale"}
    assert {probe["calibration"] for probe in store["probes"]} == {"none"}


async def test_a_store_names_the_parts_it_has_and_no_others(centre: Any) -> None:
    assert (await store_of(centre))["parts"] == ["door", "defrost", "compressor", "power"]
    assert "defrost" not in (await store_of(centre, "ult-1"))["parts"]


async def test_a_store_shows_its_probes_its_machine_its_bags_and_its_limits(centre: Any) -> None:
    await centre.add_bag(1, "cold-1/s1/001")
    centre.hear(AIR, 4.2)
    centre.hear(DOOR, 1.0)
    says(centre, COMPRESSOR_METRIC, 1.0)
    says(centre, DEFROST_METRIC, 0.0)
    says(centre, "Power/Mains", 1.0)
    store = await store_of(centre)
    assert next(probe for probe in store["probes"] if probe["id"] == AIR)["value_c"] == 4.2
    assert (store["door_open"], store["compressor_on"], store["defrosting"], store["power"]) == (
        True,
        True,
        False,
        True,
    )
    assert store["bags"] == 1
    assert store["limits_version"] == 0
    assert store["envelope"]["max_c"] == 6.0


async def test_minutes_to_a_limit_have_the_band_of_the_model_that_knows_the_store(centre: Any) -> None:
    centre.hear(AIR, 5.2)
    centre.house.telemetry.live.foretell_by(
        lambda probe, band, _ms: (
            Minutes(300.0, 240.0, 410.0, Basis.EVENTS) if (probe, band.high) == (AIR, 6.0) else None
        )
    )
    told = next(one for one in (await store_of(centre))["probes"] if one["id"] == AIR)["minutes_to_limit"]
    assert told == {"median": 300.0, "low": 240.0, "high": 410.0}
    assert centre.house.forecast(AIR) == 240.0  # what is decided reckons with the earliest


async def test_what_a_switch_said_means_nothing_when_it_is_doubtful_or_its_device_is_away(centre: Any) -> None:
    says(centre, COMPRESSOR_METRIC, 1.0)
    source = says(centre, DEFROST_METRIC, 1.0)
    switches = centre.house.telemetry.texts.switches
    assert switches.switch(DEVICE, DEFROST_METRIC).on
    says(centre, DEFROST_METRIC, 1.0, Quality.BAD)
    assert switches.switch(DEVICE, DEFROST_METRIC) is None
    assert switches.switch(DEVICE, COMPRESSOR_METRIC).on
    gone = Presence(
        edge=centre.plant.edge_by_device[DEVICE],
        device=DEVICE,
        state=PresenceState.OFFLINE,
        at=centre.clock.now(),
        sources=(source,),
    )
    centre.ingest.presence(gone, centre.clock.now())
    assert switches.switch(DEVICE, COMPRESSOR_METRIC) is None


async def test_a_history_comes_with_limits_qualities_and_what_happened(centre: Any) -> None:
    centre.hear(AIR, 4.0, 4.0, 12.0, 12.0, 4.0)
    said = (("Door/Open", 1.0, 4), ("Door/Open", 0.0, 2), (DEFROST_METRIC, 1.0, 3), (COMPRESSOR_METRIC, 1.0, 2))
    for metric, value, minutes_ago in said:
        says(centre, metric, value, minutes_ago=minutes_ago)
    now = centre.clock.now()
    history = await get(
        centre,
        f"/probes/{AIR}/history",
        from_at=(now - timedelta(minutes=10)).isoformat(),
        to_at=(now + timedelta(minutes=1)).isoformat(),
    )
    assert history["quality_counts"]["good"] == 5
    assert [(limit["version"], limit["max_c"], limit["to_at"]) for limit in history["limits"]] == [(0, 6.0, None)]
    kinds = {event["kind"]: event for event in history["events"]}
    assert set(kinds) == {"door", "defrost", "compressor", "excursion"}
    assert kinds["door"]["id"] == DOOR
    assert kinds["door"]["to_at"] is not None
    assert kinds["defrost"]["to_at"] is None
    assert kinds["excursion"]["value_c"] == 12.0
    month = await get(
        centre,
        f"/probes/{AIR}/history",
        from_at=(now - timedelta(days=30)).isoformat(),
        to_at=now.isoformat(),
        step_s=3600,
    )
    assert "compressor" not in {event["kind"] for event in month["events"]}


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.UNCERTAIN, Quality.STALE])
async def test_a_doubtful_word_of_a_door_neither_opens_nor_shuts_it(centre: Any, quality: Quality) -> None:
    says(centre, "Door/Open", 1.0, minutes_ago=4)
    says(centre, "Door/Open", 0.0, quality, minutes_ago=2)
    now = centre.clock.now()
    history = await get(
        centre, f"/probes/{AIR}/history", from_at=(now - timedelta(minutes=3)).isoformat(), to_at=now.isoformat()
    )
    assert [(event["kind"], event["to_at"]) for event in history["events"]] == [("door", None)]


class Long:
    """An archive that answers for what is older than an hour."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.asked = clock, []

    def answers(self, from_ms: int) -> bool:
        return from_ms < self.clock.now().timestamp() * 1000 - 3_600_000

    def history(self, key: tuple[str, str, str], *question: int) -> History:
        self.asked.append((key, *question))
        return History([(question[0], 1.0, 2.0, 3.0)], [], QualityCounts(good=7))


async def test_history_of_long_ago_is_read_from_the_archive_and_the_rest_here(centre: Any) -> None:
    archive = Long(centre.clock)
    centre.app.state.house = replace(centre.house, telemetry=replace(centre.house.telemetry, archive=archive))
    now = centre.clock.now()
    for hours, from_archive in ((2, True), (0.5, False)):
        span = {"from_at": (now - timedelta(hours=hours)).isoformat(), "to_at": now.isoformat()}
        history = await get(centre, f"/probes/{AIR}/history", **span, step_s=60)
        assert (history["quality_counts"]["good"] == 7) is from_archive
    edge = centre.plant.edge_by_device[DEVICE]
    assert [asked[0] for asked in archive.asked] == [(edge, DEVICE, "Temperature/Air")]
