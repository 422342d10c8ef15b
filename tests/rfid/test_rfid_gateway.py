"""One gateway for passages, gates, tunnels and shelves: reads go by antenna, reports come with when they happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from test_rfid_crossings import pass_reads

from plant.load import demo_text, parse_plant
from rfid.gateway import Gateway
from rfid.messages import Crossing, GateRead, HearingChanged, Report, ShelfSeen, TunnelRead
from rfid.passes import US_PER_S, Side
from rfid.reader_link import LinkState
from runtime.clock import SteppedClock
from runtime.health import Health

START = datetime(2027, 1, 15, 8, tzinfo=UTC)
START_US = int(START.timestamp()) * US_PER_S
PLANT = parse_plant(demo_text())
REFERENCE = "e2" * 12


class Radio:
    """A gateway of the demo plant without sockets: reads come as sllurp would decode them."""

    def __init__(self, text: str | None = None) -> None:
        self.clock = SteppedClock(START)
        plant = PLANT if text is None else parse_plant(text)
        self.gateway = Gateway(plant, "rfid-1", self.clock, Health(), lambda _reader, _state: None)
        for station in self.gateway.stations.values():
            station.link._change(LinkState.INVENTORYING)
            station.hearing.connected(START_US)

    def read(self, reader: str, antenna: int, tags: Sequence[int | str], rssi: int = -47) -> None:
        """A reader reports tags that it has just read."""
        now_us = int(self.clock.now().timestamp() * US_PER_S)
        self.gateway.stations[reader].intake.take([_tag(antenna, tag, rssi, now_us) for tag in tags], now_us)

    def reports(self) -> list[Report]:
        return [report for report, _ in self.gateway.harvest() if not isinstance(report, HearingChanged)]

    def hearing(self) -> list[tuple[str, tuple[int, ...]]]:
        return [(r.reader, r.deaf) for r, _ in self.gateway.harvest() if isinstance(r, HearingChanged)]


def epc(tag: int | str) -> str:
    return tag if isinstance(tag, str) else f"30{tag:030x}"


def _tag(antenna: int, tag: int | str, rssi: int, at_us: int) -> dict[str, Any]:
    return {
        "EPC": epc(tag).encode(),
        "AntennaID": antenna,
        "PeakRSSI": rssi,
        "FirstSeenTimestampUTC": at_us,
        "LastSeenTimestampUTC": at_us,
        "TagSeenCount": 1,
    }


def test_every_kind_of_report_comes_out_of_its_antennas() -> None:
    radio, found = Radio(), []
    passing = pass_reads(Random(1), start_us=START_US)
    for tenth in range(3000):
        now_us = START_US + tenth * 100_000
        for at_us, side, rssi, _ in passing:
            if now_us <= at_us < now_us + 100_000:
                radio.read("reader-1", 1 if side is Side.OUTSIDE else 2, [1], rssi)
        if tenth < 30:
            radio.read("reader-2", 1, [2])
            radio.read("reader-2", 4, [3, 4, 5])
        if tenth % 300 == 0:
            radio.read("reader-4", 1, [6, 7])
            radio.read("reader-4", 3, [8])
        radio.clock.step(0.1)
        found += radio.reports()
    crossings = [report for report in found if isinstance(report, Crossing)]
    gates = [report for report in found if isinstance(report, GateRead)]
    boxes = [report for report in found if isinstance(report, TunnelRead)]
    lying = {report.shelf: set(report.epcs) for report in found if isinstance(report, ShelfSeen)}
    assert [(crossing.portal, crossing.epc) for crossing in crossings] == [("p1", epc(1))]
    assert {(gate.portal, gate.epc) for gate in gates} == {("p4-gate", epc(2))}
    assert [(box.portal, set(box.epcs)) for box in boxes] == [("p4-box", {epc(3), epc(4), epc(5)})]
    assert lying["cold-1/s1"] == {epc(6), epc(7)}
    assert lying["cold-2/s1"] == {epc(8)}
    assert lying["platelet/s1"] == set()


def test_every_report_says_when_it_happened() -> None:
    radio = Radio()
    radio.read("reader-2", 1, [2])
    radio.read("reader-2", 1, [2])
    radio.clock.step(0.5)
    reports = [(report, at) for report, at in radio.gateway.harvest() if isinstance(report, GateRead)]
    assert [(report.epc, at) for report, at in reports] == [(epc(2), START)]


def test_a_connected_reader_says_once_that_it_hears() -> None:
    radio = Radio()
    assert sorted(radio.hearing()) == [(reader, ()) for reader in ("reader-1", "reader-2", "reader-3", "reader-4")]
    radio.clock.step(600)
    assert radio.hearing() == []


def test_a_cable_that_comes_off_and_a_silent_reference_tag_are_told_on_change() -> None:
    side = 'port = 2, portal = "p4", side = "inside"'
    assert side in demo_text()
    radio = Radio(demo_text().replace(side, f'{side}, reference = "{REFERENCE}"'))
    assert "reader-2" not in dict(radio.hearing())
    radio.read("reader-2", 2, [REFERENCE])
    assert radio.hearing() == [("reader-2", ())]
    radio.clock.step(61)
    assert radio.hearing() == [("reader-2", (2,))]
    radio.gateway.stations["reader-2"].hearing.event(3, connected=False)
    assert radio.hearing() == [("reader-2", (2, 3))]
    assert radio.gateway.stations["reader-2"].state()["Antenna/Deaf"] == "2,3"
    radio.read("reader-2", 2, [REFERENCE])
    assert radio.hearing() == [("reader-2", (3,))]
    assert radio.reports() == []


def test_a_reader_that_is_not_connected_is_not_judged() -> None:
    radio = Radio()
    radio.gateway.stations["reader-1"].link._change(LinkState.LOST)
    assert "reader-1" not in dict(radio.hearing())
