"""The rota as it is kept: every version, who changed it and why; and what in a new one cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, insert, select

from wms.errors import Conflict, Invalid
from wms.notices import tables
from wms.notices.ladder import ON_ROTA, Position
from wms.notices.rota import STAFF, Absence, People, Rota, Shift
from wms.people.accounts import everybody
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

_ROTA: Final = tables.rota


class ShiftEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shift as it is stored and shown: weekdays 1 to 7, times as HH:MM of the site."""

    position: Position
    person: str
    substitute: str | None
    weekdays: tuple[int, ...]
    from_time: str
    to_time: str


class AbsenceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An absence as it is stored and shown."""

    person: str
    from_at: datetime
    to_at: datetime
    reason: str = ""


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shifts: tuple[ShiftEntry, ...] = ()
    absences: tuple[AbsenceEntry, ...] = ()


class KeptRota(msgspec.Struct, frozen=True):
    """A version of the rota; version 0 is a site that has none yet."""

    version: int
    shifts: tuple[ShiftEntry, ...]
    absences: tuple[AbsenceEntry, ...]
    reason: str
    changed_by: str | None
    changed_at: datetime | None

    @property
    def rota(self) -> Rota:
        """The rota that one can ask."""
        return Rota(
            tuple(
                Shift(
                    one.position,
                    one.person,
                    one.substitute,
                    frozenset(one.weekdays),
                    time.fromisoformat(one.from_time),
                    time.fromisoformat(one.to_time),
                )
                for one in self.shifts
            ),
            tuple(Absence(one.person, one.from_at, one.to_at, one.reason) for one in self.absences),
        )


def newest(conn: Connection) -> KeptRota:
    """The rota in force."""
    row = conn.execute(select(_ROTA).order_by(_ROTA.c.version.desc()).limit(1)).one_or_none()
    if row is None:
        return KeptRota(0, (), (), "", None, None)
    content = msgspec.json.decode(row.content, type=_Content)
    return KeptRota(row.version, content.shifts, content.absences, row.reason, row.changed_by, from_us(row.changed_us))


def active_people(conn: Connection) -> People:
    """Everybody who can come in now, and with what rights."""
    return {one.username: frozenset(one.roles) for one in everybody(conn) if not one.disabled}


def replace(
    tx: Tx,
    actor: Actor,
    version: int,
    shifts: Sequence[dict[str, Any]],
    absences: Sequence[dict[str, Any]],
    reason: str,
) -> int:
    """Put a new rota in place of ``version`` and return its number.

    Raises Conflict when another one was made meanwhile, Invalid for what cannot be: a person without an account in the
    centre, a position that is not on the rota, an absence that ends before it begins.
    """
    before = newest(tx.conn)
    if before.version != version:
        by = before.changed_by or "somebody"
        raise Conflict("rota.changed", f"{by} has changed the rota meanwhile; look at version {before.version} first")
    try:
        content = msgspec.convert({"shifts": shifts, "absences": absences}, _Content)
    except msgspec.ValidationError as error:
        raise Invalid("rota.content", f"The rota cannot be read: {error}") from error
    _check(tx, content)
    encoded = msgspec.json.encode(content).decode()
    row = {"version": version + 1, "content": encoded, "reason": reason, "changed_by": actor.id}
    tx.conn.execute(insert(_ROTA).values(**row, changed_us=to_us(tx.now)))
    tx.record(
        "rota.changed",
        actor=actor,
        subject=tx.plant.site.id,
        data={"version": version + 1, "reason": reason, "rota": msgspec.to_builtins(content)},
    )
    tx.notify("duty", "rota")
    return version + 1


def _check(tx: Tx, content: _Content) -> None:
    people = active_people(tx.conn)
    for shift in content.shifts:
        if shift.position not in ON_ROTA:
            raise Invalid("rota.position", f"{shift.position.value} is not filled by the rota")
        if shift.person == shift.substitute:
            raise Invalid("rota.substitute", f"{shift.person} cannot stand in for themselves")
        for person in (shift.person, shift.substitute):
            if person is not None and not people.get(person, frozenset()) & STAFF:
                raise Invalid("rota.person", f"{person} has no active account of the centre's staff")
    for absence in content.absences:
        if absence.to_at <= absence.from_at:
            raise Invalid("rota.absence", f"The absence of {absence.person} ends before it begins")
        if absence.person not in people:
            raise Invalid("rota.person", f"{absence.person} has no active account of the centre's staff")
