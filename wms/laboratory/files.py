"""Results by file: CSV from a laboratory system, all or nothing, and once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from blood.identifiers import Identifiers
from blood.isbt128 import ScanError
from wms.errors import FaultyLines, Invalid, LineFault, Refused
from wms.laboratory.lines import instant_in, read_lines, required_in
from wms.laboratory.profile import RequiredTests, check_value
from wms.laboratory.results import RawResult, ResultsTaken, take_runs
from wms.release.release import RefusedRelease
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

COLUMNS: Final = ("din", "run", "test", "value", "method", "reagent", "device", "at")
CODE: Final = "laboratory.file"
MOST_LINES: Final = 2_000
"""About 250 donations: more would keep the writer from everybody else."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One checked line."""

    din: str
    run: str
    result: RawResult


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What a file led to; ``already`` when it had been taken in before and nothing happened now."""

    sha256: str
    rows: int
    donations: int
    already: bool
    released: tuple[str, ...]
    refused: tuple[RefusedRelease, ...]


def parse_file(required: RequiredTests, identifiers: Identifiers, text: str) -> tuple[tuple[int, FileLine], ...]:
    """Read and check a file as far as it can be without the database; raises FaultyLines with every fault."""
    return read_lines(text, COLUMNS, lambda row: _line(required, identifiers, row), code=CODE, most=MOST_LINES)


def take_file(tx: Tx, actor: Actor, name: str, text: str, lines: tuple[tuple[int, FileLine], ...]) -> FileTaken:
    """Take in the lines of `parse_file`, all or nothing; the same text again changes nothing.

    Raises FaultyLines naming each line whose donation is unknown or which contradicts what is known.
    """
    digest = sha256(text.encode()).hexdigest()
    known = tx.raw.execute("SELECT rows, donations FROM laboratory_file WHERE sha256 = ?", (digest,)).fetchone()
    if known is not None:
        return FileTaken(digest, int(known[0]), int(known[1]), already=True, released=(), refused=())
    faults: list[LineFault] = []
    taken: dict[str, ResultsTaken] = {}
    for din, entries in _by_donation(lines).items():
        runs: dict[str, list[RawResult]] = {}
        for _, line in entries:
            runs.setdefault(line.run, []).append(line.result)
        try:
            taken[din] = take_runs(tx, actor, din, runs)
        except Refused as refusal:
            faults += _blame(tx, entries, refusal)
    if faults:
        raise FaultyLines(CODE, sorted(faults, key=lambda fault: fault.line))
    tx.raw.execute(
        "INSERT INTO laboratory_file (sha256, name, rows, donations, taken_us, taken_by) VALUES (?,?,?,?,?,?)",
        (digest, name, len(lines), len(taken), to_us(tx.now), actor.id),
    )
    data = {"name": name, "rows": len(lines), "donations": len(taken)}
    tx.record("laboratory.file_taken", actor=actor, subject=digest, data=data)
    return FileTaken(
        digest,
        len(lines),
        len(taken),
        already=False,
        released=tuple(bag for one in taken.values() for bag in one.released),
        refused=tuple(refusal for one in taken.values() for refusal in one.refused),
    )


def _line(required: RequiredTests, identifiers: Identifiers, row: Mapping[str, str]) -> FileLine:
    try:
        din = identifiers.parse_din_scan(required_in(row, "din"))
    except ScanError as error:
        raise Invalid("din", f"din: {error}") from error
    test = required.find(required_in(row, "test"))
    value = required_in(row, "value", most=40)
    check_value(test, value)
    result = RawResult(
        test=test.key,
        value=value,
        method=required_in(row, "method", most=80),
        at=instant_in("at", required_in(row, "at")),
        reagent=row["reagent"] or None,
        device=row["device"] or None,
    )
    return FileLine(din, required_in(row, "run"), result)


def _by_donation(lines: tuple[tuple[int, FileLine], ...]) -> dict[str, list[tuple[int, FileLine]]]:
    groups: dict[str, list[tuple[int, FileLine]]] = {}
    for number, line in lines:
        groups.setdefault(line.din, []).append((number, line))
    return groups


def _blame(tx: Tx, entries: list[tuple[int, FileLine]], refusal: Refused) -> list[LineFault]:
    """Which lines of a refused donation are at fault: those that contradict what is stored, or else the first."""
    faults = []
    for number, line in entries:
        row = tx.raw.execute(
            "SELECT value FROM test_result WHERE din = ? AND run = ? AND test = ? AND method = ?",
            (line.din, line.run, line.result.test, line.result.method),
        ).fetchone()
        if row is not None and row[0] != line.result.value:
            detail = f"{line.result.test} of {line.din} in run {line.run} is known as {row[0]}"
            faults.append(LineFault(number, refusal.code, detail))
    return faults or [LineFault(entries[0][0], refusal.code, refusal.detail)]
