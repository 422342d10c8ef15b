"""From the logger that travelled in a box to the passport of a bag that lay in it: over the API, into the history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from hemovault.services.logger_readings import LoggerReadings
from hemovault.services.passports import Passports
from runtime.health import HealthPart
from runtime.sparkplug.readings import ReadingBatch
from wms.bags.commands import move_to
from wms.passports.compute import History
from wms.passports.sealing import seal
from wms.store.tx import Actor

MOVER = Actor("mover", "bench")
STORED_MIN, ROAD_MIN = 30, 120
WARM_C, WARM_MIN = 12.5, 25


def history(centre: Any) -> History:
    telemetry = centre.house.telemetry
    return History(centre.plant, telemetry.store, telemetry.registry)


async def travelled(centre: Any, box: str) -> tuple[str, datetime]:
    """A bag that stood beside probes, then lay for two hours in a box whose logger told nothing while it was away."""
    bag: str = await centre.add_bag()
    for _ in range(STORED_MIN):
        centre.clock.step(60)
        centre.hear("cold-1-load", 4.0)
        centre.hear("cold-1-air", 4.0)
    packed = centre.clock.now()
    await centre.write(lambda tx: move_to(tx, MOVER, bag, f"box/{box}", packed))
    centre.clock.step(ROAD_MIN * 60)
    arrived = centre.clock.now()
    await centre.write(lambda tx: move_to(tx, MOVER, bag, "hospital/east-lake", arrived))
    return bag, packed


def export(begin: datetime, warm: bool) -> str:
    """What the logger kept: a reading a minute, after a quarter of an hour warm for a while or not."""
    lines = ["timestamp,celsius"]
    for minute in range(ROAD_MIN + 1):
        celsius = WARM_C if warm and 15 <= minute < 15 + WARM_MIN else 5.0
        lines.append(f"{begin + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ},{celsius}")
    return "\n".join(lines) + "\n"


async def read_out(centre: Any, box: str, text: str) -> None:
    """Hand the file in, and let it reach the history as the service brings it there."""
    async with centre.client("operator") as operator:
        answer = await operator.post("/api/v1/loggers", json={"name": "road.csv", "text": text, "box": box})
        assert answer.status_code == 201, answer.text

    def submit(batch: ReadingBatch) -> None:
        centre.ingest.process([batch], centre.clock.now())

    registry = centre.house.telemetry.registry
    bring = LoggerReadings(centre.warehouse, registry, submit, centre.ingest.stored, HealthPart("logger files"))
    assert await bring.look_once() == 0


async def passport(centre: Any, bag: str, version: str = "now") -> dict[str, Any]:
    async with centre.client("quality") as quality:
        answer = await quality.get(f"/api/v1/bags/{bag}/passport", params={"version": version})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def leg(found: dict[str, Any], box: str) -> dict[str, Any] | None:
    """What the logger of the box says of the journey."""
    return next((one for one in found["segments"] if one["place"] == f"box/{box}" and one["readings"]), None)


@pytest.fixture
def box(centre: Any) -> str:
    cold: str = next(one.id for one in centre.plant.boxes if one.kind.value == "cold")
    return cold


async def test_a_road_that_nobody_heard_is_known_once_the_logger_of_its_box_is_read_out(centre: Any, box: str) -> None:
    bag, packed = await travelled(centre, box)
    before = await passport(centre, bag)
    assert leg(before, box) is None
    (gap,) = [one for one in before["gaps"] if one["place"] == f"box/{box}"]
    assert (gap["minutes"], gap["basis"], gap["inside"], before["verdict"]) == (ROAD_MIN, "none", False, "unknown")

    await read_out(centre, box, export(packed, warm=False))

    after = await passport(centre, bag)
    heard = leg(after, box)
    assert heard is not None
    assert (heard["probe"], heard["min_c"], heard["mean_c"], heard["max_c"]) == (f"{box}-logger", 5.0, 5.0, 5.0)
    assert heard["readings"] >= ROAD_MIN
    assert [one for one in after["gaps"] if one["place"] == f"box/{box}"] == []
    assert (after["warmest"]["probe"], after["verdict"], after["reasons"]) == (f"{box}-logger", "kept", [])


async def test_what_was_warm_on_the_road_is_outside_in_the_passport_and_is_asked_about(centre: Any, box: str) -> None:
    bag, packed = await travelled(centre, box)
    await read_out(centre, box, export(packed, warm=True))
    assert await Passports(centre.warehouse, history(centre), HealthPart("passports")).watch_once()

    found = await passport(centre, bag)
    (excursion,) = found["excursions"]
    assert (excursion["probe"], excursion["side"], excursion["worst_c"]) == (f"{box}-logger", "above", WARM_C)
    assert (excursion["minutes"], excursion["verdict"]) == (WARM_MIN, "outside")
    assert found["verdict"] == "outside"
    legal = [one for one in found["limits"] if one["kind"] == "legal" and one["minutes"]]
    assert [(one["side"], one["minutes"], one["worst_c"]) for one in legal] == [("above", WARM_MIN, WARM_C)]
    async with centre.client("quality") as quality:
        (item,) = (await quality.get("/api/v1/dispositions", params={"bag": bag})).json()["items"]
        page = await quality.get(f"/api/v1/bags/{bag}/passport.pdf", params={"lang": "zh"})
    assert (item["trigger"], item["at_place"], item["id"]) == ("transit", f"box/{box}", excursion["disposition"])
    assert item["hold"] is not None
    assert page.headers["content-type"] == "application/pdf"


async def test_a_seal_stays_as_it_was_when_a_logger_is_read_out_after_it(centre: Any, box: str) -> None:
    bag, packed = await travelled(centre, box)
    passports = Passports(centre.warehouse, history(centre), HealthPart("passports"))
    await centre.write(lambda tx: tx.raw.execute("UPDATE bag SET status = ? WHERE id = ?", ("PACKED", bag)))
    assert await passports.draft_once() == 1
    await centre.write(lambda tx: seal(tx, MOVER, bag, "shp-1", {"hospital": "east-lake"}))
    centre.clock.step(60)
    await read_out(centre, box, export(packed, warm=True))

    sealed, today = await passport(centre, bag, "sealed"), await passport(centre, bag)
    assert leg(sealed, box) is None
    assert leg(today, box) is not None
    assert (sealed["verdict"], today["verdict"]) == ("unknown", "outside")
    assert today["sealed"]["intact"] is True
    assert sealed["sealed"]["verdict"] == "unknown"
