"""Requests that may safely be sent again: the key and the result are kept in the transaction of the act itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select

from wms.errors import Invalid
from wms.people.tables import repeatable_request
from wms.store.metadata import to_us
from wms.store.tx import Tx

KEPT: Final = timedelta(days=3)
"""How long (real time) a key is remembered: agents retry for hours, not weeks."""


def once(tx: Tx, username: str, key: str, request_sha256: bytes, act: Callable[[Tx], Any]) -> Any:
    """Do ``act`` unless this person did it before under this key; return its (JSON) result either way.

    Raises Invalid ``idempotency.other_request`` when the key came with another request before. A refused act leaves
    no trace, so it may be tried again.
    """
    table = repeatable_request
    known = tx.conn.execute(
        select(table.c.request_sha256, table.c.result).where(table.c.username == username, table.c.key == key)
    ).one_or_none()
    if known is not None:
        if known.request_sha256 != request_sha256:
            raise Invalid("idempotency.other_request", "This Idempotency-Key came with another request before")
        return json.loads(known.result)
    result = act(tx)
    tx.conn.execute(delete(table).where(table.c.at_real_us < to_us(tx.real_now - KEPT)))
    tx.conn.execute(
        insert(table).values(
            username=username,
            key=key,
            request_sha256=request_sha256,
            result=json.dumps(result),
            at_real_us=to_us(tx.real_now),
        )
    )
    return result
