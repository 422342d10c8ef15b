"""Steps that must not fail each other: each in a savepoint of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from runtime.logs import get_logger
from wms.store.tx import Tx

_log = get_logger(__name__)


def apart(tx: Tx, steps: Iterable[tuple[str, Callable[[], object]]]) -> str | None:
    """Do each named step; one that raises is undone and named, the others are done all the same.

    Returns what failed, for the health of the clockwork, or None. One bag, box or order that nobody foresaw must stop
    neither the others nor the fact in whose transaction they are looked at.
    """
    faults = []
    for name, step in steps:
        try:
            with tx.savepoint():
                step()
        except Exception as error:  # noqa: BLE001 - whatever one of them raises, the others are done
            _log.error("a step was undone", step=name, reason=repr(error))
            faults.append(f"{name}: {error!r}")
    return "; ".join(faults) or None
