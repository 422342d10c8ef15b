"""Readers that hear nothing: told by the edge, or betrayed by bags that passed a gate unread (docs/decisions/0005).

A deaf reader looks like a quiet one. So nothing that must be read may pass a portal for which `why_unheard` has an
answer: the dispatch lock stays shut.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from plant.model import Plant, PortalKind, Reader
from rfid.messages import HearingChanged
from wms.alarms.book import is_active
from wms.alarms.conditions import DEVICE_OFFLINE, EDGE_OFFLINE, READER_DEAF
from wms.alarms.watch import Standing, follow
from wms.errors import NotFound
from wms.orders.sentences import Sentence
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

UNREAD_BAGS: Final = 2
"""Different bags that a gate decided on without a read of any: one may have a dead tag, two have not (world.md 3.1)."""

_UNREAD: Final = (
    "SELECT count(DISTINCT bag) FROM "
    "(SELECT bag, at_us, decision FROM gate_decision ORDER BY id DESC LIMIT 20) AS late "
    "WHERE decision = 'rejected' AND at_us > (SELECT coalesce(max(seen_us), 0) FROM gate_read WHERE gate = ?1) "
    "AND NOT EXISTS (SELECT 1 FROM gate_read AS seen WHERE seen.bag = late.bag AND seen.gate = ?1 "
    "AND seen.seen_us > late.at_us - 3600000000)"
)
"""Bags that the gate rejected lately, none of which was read before it, and since which no bag was read at all."""


def on_hearing_changed(tx: Tx, actor: Actor, news: HearingChanged, at: datetime) -> None:
    """A reader says which of its antennas hear nothing; late news change nothing. Raises NotFound."""
    if all(reader.id != news.reader for reader in tx.plant.readers):
        raise NotFound("reader.unknown", f"This plant has no reader {news.reader}")
    row = tx.raw.execute("SELECT at_us FROM reader_hearing WHERE reader = ?", (news.reader,)).fetchone()
    if row is not None and row[0] > to_us(at):
        return
    deaf = ",".join(str(port) for port in sorted(news.deaf))
    tx.raw.execute(
        "INSERT INTO reader_hearing (reader, deaf, at_us) VALUES (?, ?, ?) "
        "ON CONFLICT (reader) DO UPDATE SET deaf = excluded.deaf, at_us = excluded.at_us",
        (news.reader, deaf, to_us(at)),
    )
    data = {"deaf": list(news.deaf), "at": at.isoformat()}
    tx.record("reader.hearing", actor=actor, subject=news.reader, data=data)
    tick(tx)


def tick(tx: Tx) -> None:
    """Keep the alarm of every deaf reader as it is now."""
    deaf = [
        Standing(reader.id, len(ports), _place_of(tx.plant, reader, ports), len(ports))
        for reader in tx.plant.readers
        if (ports := deaf_ports(tx, reader))
    ]
    follow(tx, READER_DEAF, deaf)


def deaf_ports(tx: Tx, reader: Reader) -> frozenset[int]:
    """Ports of a reader that hear nothing, as it says itself or as bags that were not read show.

    An antenna that let bags pass unread does not hear what matters, whatever it says of its reference tag; and its
    reader is not known to hear at any other antenna either, unless a reference tag says so there.
    """
    row = tx.raw.execute("SELECT deaf FROM reader_hearing WHERE reader = ?", (reader.id,)).fetchone()
    told = frozenset(int(port) for port in row[0].split(",") if port) if row is not None else frozenset[int]()
    portals = {antenna.portal for antenna in reader.antennas}
    gates = [p.id for p in tx.plant.portals if p.kind is PortalKind.GATE and p.id in portals]
    betrayed = {gate for gate in gates if _passes_unread(tx, gate)}
    if not betrayed:
        return told
    return told | {one.port for one in reader.antennas if one.portal in betrayed or one.reference is None}


def why_unheard(tx: Tx, portal: str) -> Sentence | None:
    """Why nothing that passes a portal would be read now; None while its readers hear, as far as anyone can tell."""
    for reader, ports in _readers_of(tx.plant, portal):
        if ports & deaf_ports(tx, reader):
            return Sentence(
                f"reader {reader.id} hears nothing at {portal}", f"读写器 {reader.id} 在 {portal} 读不到标签"
            )
        if is_active(tx, reader.id, DEVICE_OFFLINE) or is_active(tx, reader.group, EDGE_OFFLINE):
            return Sentence(f"reader {reader.id} at {portal} is offline", f"{portal} 的读写器 {reader.id} 离线")
    return None


def deaf_shelves(tx: Tx) -> frozenset[str]:
    """Shelves whose antenna hears nothing or whose reader is offline: what it said last is not known to hold."""
    return frozenset(
        antenna.shelf
        for reader in tx.plant.readers
        if any(antenna.shelf for antenna in reader.antennas)
        for ports in [deaf_ports(tx, reader)]
        for offline in [is_active(tx, reader.id, DEVICE_OFFLINE) or is_active(tx, reader.group, EDGE_OFFLINE)]
        for antenna in reader.antennas
        if antenna.shelf is not None and (offline or antenna.port in ports)
    )


def _passes_unread(tx: Tx, gate: str) -> bool:
    (bags,) = tx.raw.execute(_UNREAD, (gate,)).fetchone()
    return bool(bags >= UNREAD_BAGS)


def _readers_of(plant: Plant, portal: str) -> Iterator[tuple[Reader, frozenset[int]]]:
    for reader in plant.readers:
        ports = frozenset(antenna.port for antenna in reader.antennas if antenna.portal == portal)
        if ports:
            yield reader, ports


def _place_of(plant: Plant, reader: Reader, ports: frozenset[int]) -> str | None:
    """Where the first deaf antenna is."""
    inside = {portal.id: portal.inside for portal in plant.portals}
    places = [a.shelf or inside.get(str(a.portal)) for a in reader.antennas if a.port in ports]
    return next(iter(places), None)
