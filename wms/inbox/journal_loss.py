"""A machine's journal that lost reports is a trouble of its edge: it stands as an alarm until two people accept it."""

from __future__ import annotations

from datetime import datetime

from plc_bridge.messages import JournalLoss
from wms.inbox.epochs import TroubleKind, raise_trouble
from wms.store.tx import Actor, Tx


def journal_lost(tx: Tx, actor: Actor, loss: JournalLoss, at: datetime) -> None:
    """Write down which reports of a cell nobody will ever see; ``at`` stands in the envelope that is kept raw."""
    reach = (
        f"{loss.from_seq} to {loss.to_seq}" if loss.to_seq is not None else f"{loss.from_seq} on, how many is unknown"
    )
    detail = (
        f"The journal of cell {loss.cell} lost reports {reach} ({loss.kind.value}, {at.isoformat()}): {loss.detail}"
    )
    raise_trouble(tx, actor, actor.station, loss.journal_epoch, TroubleKind.LOST, detail)
