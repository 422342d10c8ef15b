"""The first rota of a new site: whoever there is, day and night, so that somebody is told from the first minute on."""

from __future__ import annotations

from typing import Any

from wms.notices.ladder import ON_ROTA, load_ladders
from wms.notices.rotas import active_people, newest, replace
from wms.store.tx import Actor, Tx


def first_rota(tx: Tx, actor: Actor) -> int | None:
    """Put the first person of each position's role on duty all week, the second as the substitute; returns the version.

    Nothing happens (None) when the site has a rota. A position without anybody stays a gap, which is an alarm.
    """
    if newest(tx.conn).version:
        return None
    people, positions = active_people(tx.conn), load_ladders().positions
    shifts: list[dict[str, Any]] = []
    for position in ON_ROTA:
        of_role = [name for role in positions[position].roles for name in sorted(people) if role in people[name]]
        if of_role:
            shifts.append(
                {
                    "position": position.value,
                    "person": of_role[0],
                    "substitute": of_role[1] if len(of_role) > 1 else None,
                    "weekdays": [1, 2, 3, 4, 5, 6, 7],
                    "from_time": "00:00",
                    "to_time": "00:00",
                }
            )
    return replace(tx, actor, 0, shifts, [], "First rota of a new site, to be replaced by the real one")
