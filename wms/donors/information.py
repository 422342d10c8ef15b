"""What a donor tells after a donation: kept, and the donations that it throws doubt on are held."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from runtime.ids import new_id
from wms.donors.checks import check_donor
from wms.donors.rules import donor_rules
from wms.errors import Invalid
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_MOST: Final = 120


def take_information(tx: Tx, actor: Actor, donor: str, at: datetime, kind: str, detail: str) -> tuple[str, list[str]]:
    """Keep what a donor told (``at``: when it was so) and hold what is in doubt; returns its id and those donations.

    The same again changes nothing. Raises Invalid.
    """
    donor_rules(tx.plant.profile).information_of(kind)
    if not donor.strip() or len(donor) > _MOST:
        raise Invalid("donor", "Information is about a donor")
    if at > tx.now:
        raise Invalid("at", f"{at.isoformat()} has not come yet")
    if not detail.strip():
        raise Invalid("detail", "Say what the donor told")
    same = tx.raw.execute(
        "SELECT id FROM donor_information WHERE donor = ? AND at_us = ? AND kind = ? AND detail = ?",
        (donor, to_us(at), kind, detail),
    ).fetchone()
    if same is not None:
        return str(same[0]), []
    number = new_id("inf")
    tx.raw.execute(
        "INSERT INTO donor_information (id, donor, at_us, kind, detail, told_us, told_by) VALUES (?,?,?,?,?,?,?)",
        (number, donor, to_us(at), kind, detail, to_us(tx.now), actor.id),
    )
    tx.record("donor.information", actor=actor, subject=number, data={})
    tx.notify("deferral", number)
    return number, check_donor(tx, actor, donor)
