"""What must hold whatever happens, judged against the world: bags are conserved (I1), none leaves unfit (I2), every
minute outside is in the passports (I3), unknown is never shown as normal (I4), nothing is lost or doubled (I5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from system.judge import Truth, truth_of
from whole.witness import Minute, Witness

from blood.eligibility import Act, BagStatus, Purpose, eligibility
from hemovault.whole.centre import WholeCentre
from plant.model import Probe
from simulators.physics.probe import ProbeFault
from telemetry.exposure import Stay, exposures
from telemetry.live import LiveQuality
from wms.bags.facts import facts_of
from wms.ledger.rebuild import rebuild
from wms.ledger.verify import verify
from wms.store.metadata import from_us, to_us

SAMPLE = timedelta(seconds=60)
SURE_K = 0.5
"""A probe may lie by its bias, its drift and its noise; further outside than this it is outside for everybody."""
SETTLED = timedelta(minutes=6)
"""Silence and a broken probe are told within their own deadlines; a minute more is the witness's own step."""


async def judge_all(centre: WholeCentre, witness: Witness) -> dict[str, list[str]]:
    """Faults of each invariant; all empty when all hold."""
    truth = opening_and_log(centre)
    return {
        "I1": list(conserved(centre, witness, truth)),
        "I2": list(none_left_unfit(centre, truth)),
        "I3": list(every_minute_in_the_passports(centre, witness)),
        "I4": [*unknown_shown_as_normal(centre, witness), *await unknown_places_usable(centre)],
        "I5": await lost_or_doubled(centre),
    }


def opening_and_log(centre: WholeCentre) -> dict[str, Truth]:
    """What really became of every bag: those that were there at the beginning, and all that came."""
    at_first = [
        {"event": "collected", "bag": one.bag, "group": one.group, "reactive": None, "place": one.place}
        for one in centre.at_first
    ]
    return truth_of([*at_first, *centre.world_log()])


# ---- I1 -----------------------------------------------------------------------------------------------------------


def conserved(centre: WholeCentre, witness: Witness, truth: dict[str, Truth]) -> Iterator[str]:
    """Every bag that ever was is in the world, became others, or was used; and the warehouse knows exactly these."""
    used = {line["bag"] for line in centre.world_log() if line["event"] == "used"}
    gone = used | {bag for bag, real in truth.items() if real.children}
    now = set(centre.world.state.bags)
    yield from (f"{bag}: vanished from the world" for bag in sorted(truth.keys() - gone - now))
    yield from (f"{bag}: is in the world and was never made" for bag in sorted(now - truth.keys()))
    yield from (f"{bag}: is in the world after its end" for bag in sorted(now & gone))
    for before, after in pairwise(witness.minutes):
        lost = before.in_world - after.in_world - gone
        yield from (f"{bag}: vanished between {before.at} and {after.at}" for bag in sorted(lost))
    with centre.warehouse.read() as conn:
        status = {str(bag): str(state) for bag, state in conn.exec_driver_sql("SELECT id, status FROM bag")}
    unreported = {donation.bag for donation in centre.world.state.people.unreported.values()}
    yield from (f"{bag}: the warehouse does not know it" for bag in sorted(truth.keys() - status.keys() - unreported))
    yield from (f"{bag}: the warehouse made it up" for bag in sorted(status.keys() - truth.keys()))
    over = {BagStatus.CONSUMED.value, BagStatus.TRANSFUSED.value, BagStatus.LOST.value}
    yield from (f"{bag}: exists, the warehouse says {status[bag]}" for bag in sorted(now) if status.get(bag) in over)


# ---- I2 -----------------------------------------------------------------------------------------------------------


def none_left_unfit(centre: WholeCentre, truth: dict[str, Truth]) -> Iterator[str]:
    """No bag passed the dispatch portal with a hold, unreleased, expired, reactive, or too warm for the road."""
    for line in centre.world_log():
        if line["event"] == "crossing" and line["portal"] == "p4" and line["outcome"] == "crossed":
            at, bag = datetime.fromisoformat(line["at"]), str(line["bag"])
            yield from (f"{bag} left at {at}: {fault}" for fault in _unfit_at(centre, truth, bag, at))


def _unfit_at(centre: WholeCentre, truth: dict[str, Truth], bag: str, at: datetime) -> Iterator[str]:
    moment = to_us(at)
    if truth[bag].reactive is not None:
        yield f"reactive for {truth[bag].reactive}"
    with centre.warehouse.read() as conn:
        held = "SELECT reason FROM hold WHERE bag = ? AND opened_us <= ? AND (lifted_us IS NULL OR lifted_us > ?)"
        yield from (f"held: {reason}" for (reason,) in conn.exec_driver_sql(held, (bag, moment, moment)))
        released = "SELECT count(*) FROM ledger WHERE bag = ? AND at_us <= ? AND data LIKE '%AVAILABLE%'"
        if not conn.exec_driver_sql(released, (bag, moment)).scalar_one():
            yield "never released"
        (expires,) = conn.exec_driver_sql("SELECT expires_us FROM bag WHERE id = ?", (bag,)).one()
        stays = conn.exec_driver_sql("SELECT place, from_us, to_us FROM stay WHERE bag = ?", (bag,)).all()
    if expires is not None and expires <= moment:
        yield f"expired at {from_us(expires)}"
    for place, _, until in stays:
        if until is not None and until <= moment:
            yield from _open_excursions(centre, str(place), until // 1000)


def _open_excursions(centre: WholeCentre, place: str, left_ms: int) -> Iterator[str]:
    """Excursions of a load probe that were open when the bag was taken from its place."""
    loads = [probe.id for probe in centre.plant.probes_covering(place) if probe.kind.value == "load"]
    for excursion in centre.store.excursions(loads, left_ms, left_ms) if loads else []:
        if excursion.minutes > 1:
            yield f"taken from {place} while {excursion.probe} was outside its limits"


# ---- I3 -----------------------------------------------------------------------------------------------------------


def every_minute_in_the_passports(centre: WholeCentre, witness: Witness) -> Iterator[str]:
    """When an element was surely outside its limits, the passport of a bag that lay there says so, or has a gap."""
    now_ms = _ms(centre.clock.now())
    for probe in centre.plant.probes:
        outside = [minute for minute in witness.minutes if _is_outside(centre, probe, minute)]
        if not outside:
            continue
        for stay in _stays_under(centre, probe):
            exposure = exposures([stay], centre.plant, centre.store, centre.registry, now_ms=now_ms, step_ms=60_000)
            told = [(e.from_ms, e.to_ms) for e in exposure[stay.bag].excursions if e.excursion.probe == probe.id]
            told += [(gap.from_ms, gap.to_ms) for gap in exposure[stay.bag].gaps]
            for minute in outside:
                at = _ms(minute.at)
                if stay.from_ms <= at <= (stay.to_ms or now_ms) and not _covers(told, at):
                    yield f"{stay.bag}: {probe.id} was outside at {minute.at}, the passport does not say so"


def _is_outside(centre: WholeCentre, probe: Probe, minute: Minute) -> bool:
    envelope = centre.plant.envelope_of(probe.covers[0])
    element = minute.element_c.get(probe.id)
    if envelope is None or element is None or minute.faults[probe.id] is not ProbeFault.NONE:
        return False
    above = envelope.max_c is not None and element > envelope.max_c + SURE_K
    return above or (envelope.min_c is not None and element < envelope.min_c - SURE_K)


def _stays_under(centre: WholeCentre, probe: Probe) -> list[Stay]:
    """Some stays of bags that the probe covers: the longest, and those that began or ended on the way."""
    (area,) = probe.covers
    query = "SELECT bag, place, from_us, to_us FROM stay WHERE place >= ? AND place < ? ORDER BY from_us, bag"
    with centre.warehouse.read() as conn:
        rows = conn.exec_driver_sql(query, (area + "/", area + "0")).all()
    stays = [Stay(bag, place, start // 1000, None if end is None else end // 1000) for bag, place, start, end in rows]
    moved = [stay for stay in stays if stay.to_ms is not None][:3]
    return [*stays[:2], *moved, *stays[-1:]]


def _covers(told: list[tuple[int, int | None]], at_ms: int) -> bool:
    slack = SAMPLE // timedelta(milliseconds=1)
    return any(start - slack <= at_ms and (end is None or at_ms <= end + slack) for start, end in told)


# ---- I4 -----------------------------------------------------------------------------------------------------------


def unknown_shown_as_normal(centre: WholeCentre, witness: Witness) -> Iterator[str]:
    """A probe that is silent or broken is not shown as good; a store with no sound probe is not called fit."""
    since: dict[str, datetime] = {}
    for minute in witness.minutes:
        for probe, fault in minute.faults.items():
            if fault not in {ProbeFault.SILENT, ProbeFault.OPEN}:
                since.pop(probe, None)
            elif minute.at - since.setdefault(probe, minute.at) > SETTLED and _shown_as_good(minute, probe):
                yield f"{probe} is {fault} and shown as good at {minute.at}"
        for store in centre.world.state.stores:
            probes = [probe.id for probe in centre.plant.probes_covering(store.place)]
            blind = all(name in since and minute.at - since[name] > SETTLED for name in probes)
            if blind and not minute.unfit[store.place]:
                yield f"{store.place} is called fit at {minute.at}, and no probe can tell"


def _shown_as_good(minute: Minute, probe: str) -> bool:
    return minute.said[probe].quality is LiveQuality.GOOD


async def unknown_places_usable(centre: WholeCentre) -> list[str]:
    """A bag whose place is unknown may not be reserved."""

    def ask(tx: Any) -> list[str]:
        query = "SELECT id FROM bag WHERE place IS NULL AND status = 'AVAILABLE'"
        lost = [bag for (bag,) in tx.raw.execute(query)]
        purpose = Purpose(Act.RESERVE)
        return [
            f"{bag}: nobody knows where it is, and it may be reserved"
            for bag in lost
            if not eligibility(facts_of(tx, bag), purpose, tx.now)
        ]

    return await centre.warehouse.write(ask)


# ---- I5 -----------------------------------------------------------------------------------------------------------


async def lost_or_doubled(centre: WholeCentre) -> list[str]:
    """Every fact is committed once, none is parked, the ledger holds and rebuilds; all sent again changes nothing."""
    found = []
    warehouse = centre.warehouse
    with warehouse.read() as conn:
        committed = {
            str(edge): int(n) for edge, n in conn.exec_driver_sql("SELECT edge, count(*) FROM inbox GROUP BY edge")
        }
        dead = conn.exec_driver_sql("SELECT edge, code, detail FROM dead_letter").all()
    found += [f"dead letter of {edge}: {code}: {detail}" for edge, code, detail in dead]
    for edge in centre.edges:
        if committed.get(edge.edge, 0) != edge.head:
            found.append(f"{edge.edge}: {edge.head} facts were sent, {committed.get(edge.edge, 0)} committed")
    before = warehouse.writer.head
    for edge in centre.edges:
        edge.send_again_from(0)
        edge.acknowledge(await warehouse.apply_facts(edge.waiting()))
    if warehouse.writer.head != before:
        found.append("facts that were sent again changed the ledger")
    warehouse.export_head()
    verdict = verify(warehouse.database, centre.plant.site.id, warehouse.head_file, _public_key(centre))
    found += [verdict.fault] if verdict.fault is not None else []
    return found + list(rebuild(warehouse.database).differences)


def _public_key(centre: WholeCentre) -> Any:
    return centre.warehouse.head_file.with_name("ledger-key.pub")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
