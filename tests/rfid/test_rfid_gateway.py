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
REFERENCES = {a.port: str(a.reference) for r in PLANT.readers if r.id == "reader-2" for a in r.antennas}


class Radio:
    """A gateway of the demo plant without sockets: reads come as sllurp would decode them."""

    def __init__(self) -> None:
        self.clock = SteppedClock(START)
        self.gateway = Gateway(PLANT, "rfid-1", self.clock, Health(), lambda _reader, _state: None)
        for reader in self.gateway.stations:
            self.gateway.linked(reader, LinkState.INVENTORYING)

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
    for tenth in range(6000):
        now_us = START_US + tenth * 100_000
        for at_us, side, rssi, _ in passing:
            if now_us <= at_us < now_us + 100_000:
                radio.read("reader-1", 1 if side is Side.OUTSIDE else 2, [1], rssi)
        if tenth < 30:
            radio.read("reader-2", 1, [2])
            radio.read("reader-2", 4, [3, 4, 5])
        if tenth % 600 == 0:
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
    assert sorted(radio.hearing()) == [(reader, ()) for reader in ("reader-1", "reader-3", "reader-4")]
    radio.clock.step(30)
    assert radio.hearing() == []  # reader-2 has reference tags, none of which was read yet


def test_a_cable_that_comes_off_and_a_silent_reference_tag_are_told_on_change() -> None:
    radio = Radio()
    radio.hearing()
    radio.clock.step(10)
    for port in (1, 2, 3, 4):
        radio.read("reader-2", port, [REFERENCES[port]])
    assert radio.hearing() == [("reader-2", ())]
    radio.clock.step(61)
    for port in (1, 3, 4):
        radio.read("reader-2", port, [REFERENCES[port]])
    assert radio.hearing() == [("reader-2", (2,))]
    radio.gateway.stations["reader-2"].hearing.event(3, connected=False)
    assert radio.hearing() == [("reader-2", (2, 3))]
    assert radio.gateway.stations["reader-2"].state()["Antenna/Deaf"] == "2,3"
    radio.read("reader-2", 2, [REFERENCES[2]])
    assert radio.hearing() == [("reader-2", (3,))]
    assert radio.reports() == []


def test_what_a_new_connection_hears_is_judged_anew() -> None:
    radio = Radio()
    radio.clock.step(61)
    assert ("reader-2", (1, 2, 3, 4)) in radio.hearing()
    for state in (LinkState.LOST, LinkState.CONNECTING, LinkState.INVENTORYING):
        radio.gateway.linked("reader-2", state)
    assert radio.hearing() == []
    for port in (1, 2, 3, 4):
        radio.read("reader-2", port, [REFERENCES[port]])
    assert radio.hearing() == [("reader-2", ())]


def test_a_reader_that_is_not_connected_is_not_judged() -> None:
    radio = Radio()
    radio.gateway.linked("reader-1", LinkState.LOST)
    assert "reader-1" not in dict(radio.hearing())
