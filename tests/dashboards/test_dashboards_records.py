"""Calibrations, the completeness meter and loggers' files over HTTP, on a real warehouse and a real historian."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from hemovault.services.logger_readings import EDGE, LoggerReadings
from runtime.health import HealthPart
from runtime.sparkplug.readings import ReadingBatch
from telemetry.worker import IngestFullError
from wms.bags.commands import move_to
from wms.calibration.read import calibrations_of
from wms.limits.read import limit_book
from wms.store.tx import Actor

T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MOVER = Actor("tester", "bench")
CERTIFICATE = {
    "certificate": "C-77", "laboratory": "Metrology", "made_on": "2026-10-01", "due_on": "2027-10-01",
    "offset_c": -0.2, "uncertainty_c": 0.1,
}  # fmt: skip
FRIDGE = (
    """Device: Q-tag Fridge-tag 2
Vers: 0.5
Fw Vers: 9.9p9t
Sensor: 1
Conf:
 Serial: 100200300400
 Lot: 1_1_1
 Measurement delay: 10
 Temp unit: C
 Alarm:
  0:
   T AL: -0.5, t AL: 60
  1:
   T AL: +8.0, t AL: 600
 Int Sensor:
  Timeout: 1, Offset: +0.0
 Report history length: 60
 Test Res: 1, Test TS: 2026-01-02 06:54
Hist:
 TS Actv: 2026-11-19 09:00
 TS Report Creation: 2026-11-20 17:00
 1:
  Date: 2026-11-20
  Min T: +2.0, TS Min T: 01:00
  Max T: +19.0, TS Max T: 12:00
  Avrg T: +14.0
  Alarm:
   0:
    t Acc: 0
   1:
    t Acc: 700, TS A: 12:00, C A: 1
  Int Sensor timeout:
   t AccST: 0
  Events: 0
 2:
  Date: 2026-11-19
  Min T: +2.0, TS Min T: 01:00
  Max T: +7.0, TS Max T: 12:00
  Avrg T: +4.0
  Alarm:
   0:
    t Acc: 0
   1:
    t Acc: 0
  Int Sensor timeout:
   t AccST: 0
  Events: 0
Cert:
 Vers: 1.0
Sig: """
    + "0123456789abcdef" * 8
)


def probe_of(centre: Any) -> str:
    probe: str = next(one.id for one in centre.plant.probes if one.device == "cold-1")
    return probe


def box_of(centre: Any) -> str:
    box: str = next(one.id for one in centre.plant.boxes if one.kind.value == "cold")
    return box


def rows(*values: float, begin: datetime = T0 - timedelta(hours=2)) -> str:
    """One-minute readings in the words of a logger, with Windows line ends."""
    at = (begin + timedelta(minutes=i) for i in range(len(values)))
    return "timestamp,celsius\r\n" + "".join(
        f"{one:%Y-%m-%dT%H:%M:%SZ},{value}\r\n" for one, value in zip(at, values, strict=True)
    )


async def post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
    return await client.post(f"/api/v1{path}", json=body)


async def bag_in_box(centre: Any, box: str, number: int = 1) -> str:
    """A bag that lies in a box since three hours."""
    bag: str = await centre.add_bag(number, place=f"cold-1/s1/{number:03d}")
    since = T0 - timedelta(hours=3)
    await centre.write(lambda tx: move_to(tx, MOVER, bag, f"box/{box}", since))
    return bag


def carrier(centre: Any) -> LoggerReadings:
    """The part that brings files to the historian, with the ingest's own thread left out."""

    def submit(batch: ReadingBatch) -> None:
        centre.ingest.process([batch], centre.clock.now())

    registry = centre.house.telemetry.registry
    return LoggerReadings(centre.warehouse, registry, submit, centre.ingest.stored, HealthPart("logger files"))


async def test_quality_records_certificates_and_all_staff_see_them(centre: Any) -> None:
    probe = probe_of(centre)
    async with centre.client("quality") as client:
        answer = await post(client, "/calibrations", {"probe": probe, **CERTIFICATE})
        assert answer.status_code == 201, answer.text
        assert (answer.json()["state"], answer.json()["recorded_by"]) == ("valid", "quality")
        again = await post(client, "/calibrations", {"probe": probe, **CERTIFICATE})
        assert (again.status_code, again.json()["code"]) == (409, "calibration.known")
    async with centre.client("operator") as client:
        listed = (await client.get("/api/v1/calibrations")).json()
        history = (await client.get("/api/v1/calibrations", params={"probe": probe})).json()
        refused = await post(client, "/calibrations", {"probe": probe, **CERTIFICATE, "certificate": "x"})
        unknown = await client.get("/api/v1/calibrations", params={"probe": "nowhere"})
    assert [one["state"] for one in listed["items"]].count("none") == len(centre.plant.probes) - 1
    assert [(one["certificate"], one["is_in_force"]) for one in history["items"]] == [("C-77", True)]
    assert (refused.status_code, unknown.status_code) == (403, 404)


async def test_a_refused_certificate_says_why_in_both_languages(centre: Any) -> None:
    async with centre.client("quality") as client:
        answer = await post(client, "/calibrations", {"probe": probe_of(centre), **CERTIFICATE, "offset_c": 5})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "calibration.offset_c")
    assert "replaced" in problem["detail"]
    assert any("更换" in str(value) for value in problem.values())


async def test_the_meter_tells_each_probes_day(centre: Any) -> None:
    probe = probe_of(centre)
    centre.hear(probe, *[4.0] * 120)
    async with centre.client("operator") as client:
        answer = await client.get("/api/v1/completeness", params={"probe": probe})
        (day,) = answer.json()["days"]
    assert (day["day"], day["received"], day["lost"], day["share"]) == ("2026-11-20", 117, 0, 1.0)
    assert [gap["reason"] for gap in day["gaps"]] == ["not_commissioned"]


async def test_the_logger_of_a_box_owes_nothing_while_no_bag_lies_in_it(centre: Any) -> None:
    box = next(probe.id for probe in centre.plant.probes if probe.device in centre.plant.box_by_id)
    centre.hear(probe_of(centre), *[4.0] * 20)
    async with centre.client("operator") as client:
        answer = await client.get("/api/v1/completeness", params={"probe": box})
        (day,) = answer.json()["days"]
    assert (day["expected"], day["share"], [gap["reason"] for gap in day["gaps"]]) == (0, None, ["not_in_use"])


async def test_the_meter_refuses_what_it_cannot_answer(centre: Any) -> None:
    async with centre.client("operator") as client:
        for params, code in (
            ({"probe": "nowhere"}, "probe.unknown"),
            ({"from_day": "2026-11-20", "to_day": "2026-11-19"}, "completeness.interval"),
            ({"from_day": "2020-01-01", "to_day": "2026-11-19"}, "completeness.interval"),
        ):
            answer = await client.get("/api/v1/completeness", params=params)
            assert answer.json()["code"] == code
    async with centre.client("hospital") as client:
        assert (await client.get("/api/v1/completeness")).status_code == 403


async def test_a_preview_says_what_a_file_holds_and_keeps_nothing(centre: Any) -> None:
    box, content = box_of(centre), rows(4, 4, 30, 31, 4)
    async with centre.client("operator") as client:
        seen = (await post(client, "/loggers/preview", {"name": "trip.csv", "text": content, "box": box})).json()
        kept = (await client.get("/api/v1/loggers")).json()["items"]
    assert (seen["format"], seen["readings"], seen["interval_s"], seen["max_c"]) == ("csv", 5, 60, 31)
    assert [(one["kind"], one["minutes"], one["worst_c"]) for one in seen["excursions"]] == [("above", 2, 31)]
    assert seen["sha256"] == sha256(content.encode()).hexdigest()
    assert kept == []


async def test_a_file_that_cannot_be_read_is_refused_with_every_line(centre: Any) -> None:
    content = rows(4, 4).replace(",4", ",warm")
    async with centre.client("operator") as client:
        answer = await post(client, "/loggers/preview", {"name": "trip.csv", "text": content})
        naive = await post(client, "/loggers/preview", {"name": "t", "text": "timestamp,celsius\n2026-11-20 07:00,4\n"})
        site = await post(
            client,
            "/loggers/preview",
            {"name": "t", "text": "timestamp,celsius\n2026-11-20 07:00,4\n", "mapping": {"timezone": "Asia/Shanghai"}},
        )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "logger.file")
    assert [field["where"] for field in problem["fields"]] == ["line 2", "line 3"]
    assert "time zone" in naive.json()["fields"][0]["detail"]
    assert site.json()["from_at"] == "2026-11-19T23:00:00Z"


async def test_readings_of_a_box_reach_its_history_once_and_the_ledger(centre: Any) -> None:
    box = box_of(centre)
    bag, stranger = await bag_in_box(centre, box), await centre.add_bag(2)
    content = rows(*[4.0] * 20, *[30.0] * 10, *[4.0] * 20)
    async with centre.client("operator") as client:
        answer = await post(client, "/loggers", {"name": "trip.csv", "text": content, "box": box})
        assert answer.status_code == 201, answer.text
        taken = answer.json()
        assert await carrier(centre).look_once() == 0
        again = (await post(client, "/loggers", {"name": "trip.csv", "text": content, "box": box})).json()
        other = await post(
            client, "/loggers", {"name": "t", "text": content, "box": next(
                one.id for one in centre.plant.boxes if one.id != box
            )},
        )  # fmt: skip
        (record,) = (await client.get("/api/v1/loggers", params={"box": box})).json()["items"]
        detail = (await client.get(f"/api/v1/loggers/{taken['id']}")).json()
        shown = (await client.get(f"/api/v1/bags/{bag}")).json()
        alarms = (await client.get("/api/v1/alarms")).json()["items"]
    assert [(one["condition"], one["source"]) for one in alarms] == [("late_excursion", f"{box}-logger")]
    assert (taken["readings"], taken["excursions"], taken["joined_bags"]) == (50, 1, [bag])
    assert stranger not in taken["joined_bags"]
    assert (again["id"], again["is_new"]) == (taken["id"], False)
    assert (other.status_code, other.json()["code"]) == (409, "logger.other_box")
    assert record["stored_at"] is not None
    assert record["sha256"] == sha256(content.encode()).hexdigest()
    assert detail["preview"]["readings"] == 50
    assert [(one["kind"], one["minutes"]) for one in shown["excursions"]] == [("above", 10)]
    with centre.warehouse.read() as conn:
        kinds = conn.execute(text("SELECT data FROM ledger WHERE kind = 'logger.taken'")).scalars().all()
    assert len(kinds) == 1
    assert record["sha256"] in str(kinds[0])


async def test_readings_of_a_file_are_corrected_by_the_certificate_of_their_time(centre: Any) -> None:
    box = box_of(centre)
    edge_c = centre.plant.envelope_of(f"box/{box}").max_c
    async with centre.client("quality") as client:
        await post(client, "/calibrations", {"probe": f"{box}-logger", **CERTIFICATE, "offset_c": -0.2})
        body = {"name": "trip.csv", "text": rows(4.0, edge_c + 0.1, edge_c + 0.3, 4.0), "box": box}
        taken = (await post(client, "/loggers", body)).json()
    centre.ingest.use(*await centre.house.read(lambda conn: (limit_book(conn, centre.plant), calibrations_of(conn))))
    await carrier(centre).look_once()
    (found,) = centre.house.telemetry.store.excursions([f"{box}-logger"], 0, 2**52)
    assert (taken["excursions"], found.minutes, round(found.worst_c, 6)) == (1, 1, round(edge_c + 0.1, 6))


async def test_an_excursion_while_nothing_lay_in_the_box_is_no_alarm(centre: Any) -> None:
    async with centre.client("operator") as client:
        body = {"name": "trip.csv", "text": rows(4.0, 30.0, 4.0), "box": box_of(centre)}
        assert (await post(client, "/loggers", body)).json()["excursions"] == 1
        assert (await client.get("/api/v1/alarms")).json()["items"] == []


async def test_bringing_a_file_again_changes_nothing_in_the_history(centre: Any) -> None:
    box = box_of(centre)
    async with centre.client("operator") as client:
        await post(client, "/loggers", {"name": "trip.csv", "text": rows(*[4.0] * 30), "box": box})
    for _ in range(3):
        await carrier(centre).look_once()  # as after a start: every file is held against the historian
    registry, store = centre.house.telemetry.registry, centre.house.telemetry.store
    source = registry.find("fleet", box, "Temperature/Air")
    begin = int((T0 - timedelta(days=1)).timestamp() * 1000)
    found = store.readings(source, begin, begin + 2 * 86_400_000)
    assert len(found) == 30
    assert found.historical.all()
    assert [key[0] for key in centre.ingest.stored()] == [EDGE]


async def test_a_full_ingest_is_asked_again_until_it_has_room(centre: Any) -> None:
    async with centre.client("operator") as client:
        await post(client, "/loggers", {"name": "t", "text": rows(4.0, 4.0), "box": box_of(centre)})
    refusals = [IngestFullError("no room"), None]

    def submit(batch: ReadingBatch) -> None:
        if (refusal := refusals.pop(0)) is not None:
            raise refusal
        centre.ingest.process([batch], centre.clock.now())

    registry = centre.house.telemetry.registry
    one = LoggerReadings(centre.warehouse, registry, submit, centre.ingest.stored, HealthPart("logger files"))
    assert [await one.look_once(), await one.look_once(), await one.look_once()] == [0, 0, 0]
    async with centre.client("operator") as client:
        (record,) = (await client.get("/api/v1/loggers")).json()["items"]
    assert record["stored_at"] is not None


async def test_an_alarm_of_a_device_holds_the_bags_that_were_with_it(centre: Any) -> None:
    box = box_of(centre)
    bag = await bag_in_box(centre, box)
    centre.clock.step(3 * 3600)
    async with centre.client("quality") as client:
        answer = await post(client, "/loggers", {"name": "tag.txt", "text": FRIDGE, "box": box})
        assert answer.status_code == 201, answer.text
        taken = answer.json()
        shown = (await client.get(f"/api/v1/bags/{bag}")).json()
        alarms = (await client.get("/api/v1/alarms")).json()["items"]
        detail = (await client.get(f"/api/v1/loggers/{taken['id']}")).json()
    assert (taken["days"], taken["alarms"], taken["joined_bags"], len(taken["holds"])) == (2, 1, [bag], 1)
    assert [hold["reason"] for hold in shown["hold_list"]] == ["temperature:logger_alarm"]
    assert [(one["condition"], one["source"]) for one in alarms] == [("logger_alarm", "100200300400")]
    assert detail["preview"]["alarms"] == [{"day": "2026-11-20", "kind": "above", "minutes": 700, "since": "12:00"}]


async def test_an_alarm_of_another_day_holds_nothing(centre: Any) -> None:
    box = box_of(centre)
    bag = await bag_in_box(centre, box)
    centre.clock.step(3 * 3600)
    early = FRIDGE.replace("t Acc: 700, TS A: 12:00, C A: 1", "t Acc: 5").replace(
        "+7.0, TS Max T: 12:00\n  Avrg T: +4.0\n  Alarm:\n   0:\n    t Acc: 0\n   1:\n    t Acc: 0",
        "+9.0, TS Max T: 12:00\n  Avrg T: +4.0\n  Alarm:\n   0:\n    t Acc: 0\n   1:\n"
        "    t Acc: 700, TS A: 10:00, C A: 1",
    )
    async with centre.client("quality") as client:
        taken = (await post(client, "/loggers", {"name": "tag.txt", "text": early, "box": box})).json()
        shown = (await client.get(f"/api/v1/bags/{bag}")).json()
    assert (taken["alarms"], taken["holds"], shown["hold_list"]) == (1, [], [])


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"box": None}, 422, "logger.box"),
        ({"box": "nowhere"}, 404, "logger.box_unknown"),
        ({"shipment": "nowhere"}, 404, "logger.shipment_unknown"),
        ({"text": rows(4.0, begin=T0 + timedelta(hours=1))}, 422, "logger.future"),
        ({"mapping": {"timezone": "Mars/Base"}}, 422, "logger.file"),
        ({"mapping": {"delimiter": "|"}}, 422, "request.invalid"),
    ],
)
async def test_what_cannot_be_joined_is_refused_and_nothing_is_kept(
    centre: Any, changes: dict[str, Any], status: int, code: str
) -> None:
    body = {"name": "t", "text": rows(4.0), "box": box_of(centre)} | changes
    async with centre.client("operator") as client:
        answer = await post(client, "/loggers", body)
        kept = (await client.get("/api/v1/loggers")).json()["items"]
        missing = await client.get("/api/v1/loggers/log-nothing")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept == []
    assert missing.json()["code"] == "logger.unknown"
