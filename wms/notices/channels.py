"""The channels of a site as the database knows them: by name and kind, how they fare, never where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, insert, select, update

from wms.notices.reach import Reach
from wms.notices.tables import ChannelKind, ChannelState, channel
from wms.store.tx import Tx

WALL: Final = "wall"
"""The channel that every site has: the live stream of the screens."""


def declare(tx: Tx, configured: Sequence[Reach]) -> None:
    """Make the table agree with the settings; a channel that is not configured any more stays, as removed."""
    known = {row.name: row for row in tx.conn.execute(select(channel))}
    for one in configured:
        values = {"kind": one.kind.value, "people": " ".join(sorted(one.people))}
        before = known.pop(one.name, None)
        if before is None:
            fresh = {"state": ChannelState.UNTRIED.value, "detail": ""}
            tx.conn.execute(insert(channel).values(name=one.name, **values, **fresh))
        else:
            if before.state == ChannelState.REMOVED.value:
                values |= {"state": ChannelState.UNTRIED.value, "detail": ""}
            tx.conn.execute(update(channel).where(channel.c.name == one.name).values(values))
        tx.notify("channel", one.name)
    for name in known:
        tx.conn.execute(update(channel).where(channel.c.name == name).values(state=ChannelState.REMOVED.value))
        tx.notify("channel", name)


def reaches(conn: Connection) -> tuple[Reach, ...]:
    """The channels that are configured now."""
    query = select(channel).where(channel.c.state != ChannelState.REMOVED.value).order_by(channel.c.name)
    return tuple(Reach(row.name, ChannelKind(row.kind), frozenset(row.people.split())) for row in conn.execute(query))
