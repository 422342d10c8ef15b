"""Typed donors of the registries: put one, import a file of them all or nothing, list them. Quality's eyes only."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select, update

from blood import antigens, hla
from blood.antigens import AntigenError
from blood.groups import BloodGroup
from blood.hla import HlaError
from wms.errors import FaultyLines, Invalid, LineFault
from wms.hospitals.pseudonyms import pseudonym_of
from wms.registries import tables
from wms.registries.model import DonorState
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx

PLATELET_COLUMNS: Final = ("donor", "hla", "hpa", "group", "state", "last_donation_at")
RARE_COLUMNS: Final = ("donor", "antigens", "group", "state", "last_donation_at")
_PLATELETS: Final = "platelet_donors"
REFUSED: Final = "registry.file"
_FAULTS_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class DonorFacts:
    """What a donor was typed for: the text that `blood.hla` or `blood.antigens` writes."""

    donor: str
    typed: str
    group: BloodGroup | None
    state: DonorState
    last_donation_at: datetime | None


@dataclass(frozen=True, slots=True)
class DonorRow:
    """A donor as stored."""

    facts: DonorFacts
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What a file brought."""

    sha256: str
    rows: int
    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Registry:
    """One of the two registries: its table, its column of types, and how a type is read."""

    table: Table
    column: str
    columns: tuple[str, ...]
    kind: str
    canonical: Callable[[Mapping[str, str]], str]


def platelet_type(given: Mapping[str, str]) -> str:
    """The canonical text of HLA and HPA; raises Invalid when it cannot be read or has no HLA-A and -B."""
    try:
        typed = hla.read(f"{given.get('hla') or ''} {given.get('hpa') or ''}")
    except HlaError as error:
        raise Invalid("donor.hla", str(error)) from error
    text = hla.write(typed)
    if typed is None or text is None or not (typed.a and typed.b):
        raise Invalid("donor.hla", "A donor of this registry is typed for HLA-A and HLA-B, such as A2,24 B8,-")
    return text


def rare_type(given: Mapping[str, str]) -> str:
    """The canonical text of red-cell antigens; raises Invalid when it cannot be read or names none."""
    try:
        text = antigens.write(antigens.read(given.get("antigens") or ""))
    except AntigenError as error:
        raise Invalid("donor.antigens", str(error)) from error
    if text is None:
        raise Invalid("donor.antigens", "Name what the donor's red cells were typed for, such as D+ C- Jka-")
    return text


PLATELETS: Final = Registry(tables.platelet_donor, "hla", PLATELET_COLUMNS, "platelet", platelet_type)
RARE: Final = Registry(tables.rare_donor, "antigens", RARE_COLUMNS, "rare", rare_type)


def facts_of(registry: Registry, given: Mapping[str, str]) -> DonorFacts:
    """Read one donor from texts as a file or a form gives them; raises Invalid naming the field."""
    donor = pseudonym_of(given.get("donor") or "", "donor")
    return DonorFacts(donor, registry.canonical(given), _group(given), _state(given), _instant(given))


def put_donor(tx: Tx, actor: Actor, registry: Registry, facts: DonorFacts) -> str:
    """Make a donor known, or say anew what is known; returns the pseudonym. The same again changes nothing."""
    if _write(tx, actor, registry, [facts]) != (0, 0):
        tx.record("registry.donor_put", actor=actor, subject=registry.kind, data=_record(registry, facts))
        tx.notify("registry", registry.kind)
    return facts.donor


def import_donors(tx: Tx, actor: Actor, registry: Registry, text: str) -> FileTaken:
    """Take a CSV file of donors, all of it or nothing; raises FaultyLines naming each faulty line."""
    donors = read_file(registry, text)
    digest = sha256(text.encode()).hexdigest()
    added, changed = _write(tx, actor, registry, donors)
    taken = FileTaken(digest, len(donors), added, changed)
    data = {"registry": registry.kind, "rows": taken.rows, "added": added, "changed": changed}
    tx.record("registry.file_taken", actor=actor, subject=digest, data=data)
    tx.notify("registry", registry.kind)
    return taken


def read_file(registry: Registry, text: str) -> list[DonorFacts]:
    """Read a file with the heading `columns` (any order, `donor` and the type at least). Raises FaultyLines."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), restkey=_TOO_MANY, strict=True)
    heading = list(reader.fieldnames or ())
    needed = {"donor", registry.column, "group"}
    if not needed <= set(heading) <= set(registry.columns):
        detail = f"The heading names {', '.join(registry.columns)}; {', '.join(sorted(needed))} must be there"
        raise FaultyLines(REFUSED, [LineFault(1, "heading", detail)])
    faults: list[LineFault] = []
    found: dict[str, int] = {}
    donors: list[DonorFacts] = []
    for line, row in _rows(reader, faults):
        if _TOO_MANY in row or None in row.values():
            faults.append(LineFault(line, "columns", f"it has not {len(heading)} fields"))
            continue
        try:
            facts = facts_of(registry, {key: value.strip() for key, value in row.items()})
        except Invalid as refusal:
            faults.append(LineFault(line, refusal.code, refusal.detail))
            continue
        if facts.donor in found:
            detail = f"{facts.donor} stands on line {found[facts.donor]} already"
            faults.append(LineFault(line, "donor.twice", detail))
        found[facts.donor] = line
        donors.append(facts)
    if not donors and not faults:
        faults.append(LineFault(1, "empty", "there is no donor in the file"))
    if faults:
        raise FaultyLines(REFUSED, faults[:_FAULTS_SHOWN])
    return donors


def list_donors(
    conn: Connection, registry: Registry, *, q: str | None = None, state: str | None = None, limit: int = 100
) -> tuple[Sequence[DonorRow], int]:
    """Donors by pseudonym whose pseudonym contains ``q``; and how many there are."""
    table = registry.table
    query, count = select(table), select(func.count()).select_from(table)
    if q:
        wanted = table.c.donor.contains(q.strip().upper(), autoescape=True)
        query, count = query.where(wanted), count.where(wanted)
    if state is not None:
        query, count = query.where(table.c.state == state), count.where(table.c.state == state)
    rows = conn.execute(query.order_by(table.c.donor).limit(limit)).mappings()
    return [row_of(registry, dict(row)) for row in rows], int(conn.execute(count).scalar_one())


def find_donor(conn: Connection, registry: Registry, donor: str) -> DonorRow | None:
    """One donor, or None; ``donor`` as any part of the warehouse writes the pseudonym."""
    query = select(registry.table).where(registry.table.c.donor == donor.strip().upper())
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else row_of(registry, dict(row))


def note_donation(tx: Tx, donor: str, at: datetime) -> None:
    """A donor of a registry gave blood here: that is the newest donation, when it is newer than what was known."""
    for registry in (PLATELETS, RARE):
        known = find_donor(tx.conn, registry, donor)
        if known is None or (known.facts.last_donation_at is not None and known.facts.last_donation_at >= at):
            continue
        values: dict[str, Any] = {"last_donation_us": to_us(at)}
        if registry is PLATELETS:
            values["revision"] = _next_revision(tx)
        table = registry.table
        tx.conn.execute(update(table).where(table.c.donor == known.facts.donor).values(**values))


def revision(conn: Connection) -> int:
    """How often the platelet registry was changed: whoever holds it in memory compares this."""
    query = select(tables.mark.c.value).where(tables.mark.c.name == _PLATELETS)
    return int(conn.execute(query).scalar() or 0)


def row_of(registry: Registry, row: Mapping[str, Any]) -> DonorRow:
    """A donor from a row of the registry's table."""
    facts = DonorFacts(
        donor=row["donor"],
        typed=row[registry.column],
        group=None if row["abo_rhd"] is None else BloodGroup(row["abo_rhd"]),
        state=DonorState(row["state"]),
        last_donation_at=from_us_or_none(row["last_donation_us"]),
    )
    return DonorRow(facts, from_us(row["updated_us"]), row["updated_by"])


_TOO_MANY: Final = "(too many)"


def _rows(reader: csv.DictReader[str], faults: list[LineFault]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        faults.append(LineFault(reader.line_num, "csv", str(error)))


def _write(tx: Tx, actor: Actor, registry: Registry, donors: Sequence[DonorFacts]) -> tuple[int, int]:
    """Write what is new or different; returns how many were added and how many changed."""
    table = registry.table
    stamp: dict[str, Any] = {"updated_us": to_us(tx.now), "updated_by": actor.id}
    if registry is PLATELETS:
        stamp["revision"] = _next_revision(tx)
    fresh, changed = [], 0
    for start in range(0, len(donors), _PAGE):
        part = donors[start : start + _PAGE]
        query = select(table).where(table.c.donor.in_([facts.donor for facts in part]))
        known = {row["donor"]: row_of(registry, dict(row)).facts for row in tx.conn.execute(query).mappings()}
        for facts in part:
            values = {**_values(registry, facts), **stamp}
            if facts.donor not in known:
                fresh.append({"donor": facts.donor, **values})
            elif known[facts.donor] != facts:
                tx.conn.execute(update(table).where(table.c.donor == facts.donor).values(**values))
                changed += 1
    if fresh:
        tx.conn.execute(insert(table), fresh)
    return len(fresh), changed


_PAGE: Final = 500


def _values(registry: Registry, facts: DonorFacts) -> dict[str, Any]:
    return {
        registry.column: facts.typed,
        "abo_rhd": None if facts.group is None else facts.group.value,
        "state": facts.state.value,
        "last_donation_us": None if facts.last_donation_at is None else to_us(facts.last_donation_at),
    }


def _next_revision(tx: Tx) -> int:
    value = revision(tx.conn) + 1
    if value == 1:
        tx.conn.execute(insert(tables.mark).values(name=_PLATELETS, value=value))
    else:
        tx.conn.execute(update(tables.mark).where(tables.mark.c.name == _PLATELETS).values(value=value))
    return value


def _record(registry: Registry, facts: DonorFacts) -> dict[str, Any]:
    values = _values(registry, facts)
    return {"registry": registry.kind, "donor": facts.donor, registry.column: facts.typed, "state": values["state"]}


def _group(given: Mapping[str, str]) -> BloodGroup | None:
    text = given.get("group") or ""
    if not text:
        return None
    try:
        return BloodGroup(text)
    except ValueError:
        raise Invalid("donor.group", f"{text!r} is no blood group; leave it empty when it is not known") from None


def _state(given: Mapping[str, str]) -> DonorState:
    text = given.get("state") or DonorState.ACTIVE.value
    try:
        return DonorState(text)
    except ValueError:
        raise Invalid("donor.state", f"{text!r} is none of {', '.join(DonorState)}") from None


def _instant(given: Mapping[str, str]) -> datetime | None:
    text = given.get("last_donation_at") or ""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid("donor.last_donation_at", f"{text!r} is no instant with a time zone, such as 2026-03-02T08:00Z")
    return at
