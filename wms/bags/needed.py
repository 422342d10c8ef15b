"""Since when readings are needed: as long as a bag is here, every place it stood at is part of its record."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from wms.bags.lifecycle import ENDED
from wms.bags.tables import bag, parentage, stay

CENTRE = "centre"


def oldest_needed_ms(conn: Connection) -> int | None:
    """The beginning (ms since 1970) of the oldest stay of a bag that is here, or of one it was made of; None: no bag.

    A bag that came back from a hospital counts again: its next passport begins at its collection.
    """
    here = bag.c.custody == CENTRE
    present = select(bag.c.id).where(here, bag.c.status.not_in([status.value for status in ENDED]))
    made_of = select(parentage.c.parent).where(parentage.c.child.in_(present))
    oldest = select(func.min(stay.c.from_us)).where(stay.c.bag.in_(present) | stay.c.bag.in_(made_of))
    found = conn.execute(oldest).scalar()
    return None if found is None else int(found) // 1000
