"""Which effect each fact has. One table of types: what is not in it is parked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from blood.eligibility import BagStatus
from fleet import messages as fleet
from plant.model import DeviceKind
from plc_bridge import messages as plc
from rfid import messages as rfid
from wms.bags.commands import move_to, observe, raise_finding
from wms.bags.projection import BagChange, require
from wms.bags.stays import Arrival
from wms.bags.tags import bag_of_tag, bound_to
from wms.errors import Invalid, NotFound
from wms.inbox.journal_loss import journal_lost
from wms.intake.arrivals import bag_came, tag_came
from wms.intake.consignments import receiving_portal
from wms.labelling.station import bag_labelled
from wms.machines.answers import command_answered
from wms.machines.freezing import batch_frozen
from wms.machines.preparation import batch_separated
from wms.moves.ended import carrier_reported
from wms.moves.portals import is_evidence, is_indoors
from wms.outbound import handlers as outbound
from wms.portals.hearing import on_hearing_changed
from wms.preparation.processing import batch_processed
from wms.stocktake.sightings import on_shelf_seen
from wms.store.tx import Actor, Tx
from wms.transport import handlers as transport
from wms.transport import returns

Handler = Callable[[Tx, Actor, Any, datetime], None]

MESSAGE_TYPES: Final[Mapping[str, type[msgspec.Struct]]] = {
    **plc.REPORT_TYPES,
    **rfid.REPORT_TYPES,
    **fleet.REPORT_TYPES,
}
_DECODERS: Final = {name: msgspec.json.Decoder(struct) for name, struct in MESSAGE_TYPES.items()}
_OUTSIDE: Final = {BagStatus.IN_TRANSIT, BagStatus.RECEIVED, BagStatus.ISSUED, BagStatus.RETURNED_PENDING}


def handle(tx: Tx, edge: str, fact_type: str, data: msgspec.Raw, at: datetime) -> None:
    """Apply the effect of one fact that happened ``at``.

    Raises Invalid for an unknown type or malformed data, and whatever the feature refuses; the caller parks the fact.
    """
    decoder = _DECODERS.get(fact_type)
    if decoder is None:
        raise Invalid("fact.type", f"{edge} sent a {fact_type}, which this version does not know")
    try:
        message = decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("fact.data", f"a {fact_type} from {edge} is malformed: {error}") from error
    source = getattr(message, "device", None) or getattr(message, "reader", None) or edge
    _HANDLERS[type(message)](tx, Actor(f"device:{source}", edge), message, at)


def crossing_seen(tx: Tx, actor: Actor, crossing: rfid.Crossing, at: datetime) -> None:
    """A tag crossed a passage: through the dispatch lock it is outbound's matter, else it brings the bag in or out.

    On a route inside the house it is evidence for the step on which the bag is carried; through the receiving portal
    it is told to the consignment that comes in, and an unknown tag is a question there.

    Raises NotFound for an unknown portal, and for a tag that is bound to no bag at any other portal.
    """
    portal = next((portal for portal in tx.plant.portals if portal.id == crossing.portal), None)
    if portal is None:
        raise NotFound(
            "portal.unknown", f"{crossing.reader} reports portal {crossing.portal}, which this plant has not"
        )
    device = None if portal.device is None else tx.plant.device_by_id[portal.device]
    if device is not None and device.kind is DeviceKind.DISPATCH_LOCK:
        outbound.on_crossing(tx, actor, crossing, at)
        return
    if returns.is_returns(tx.plant, portal):
        returns.on_crossing(tx, actor, crossing, portal, at)
        return
    receiving = receiving_portal(tx.plant, portal.id)
    if receiving is not None and bound_to(tx, crossing.epc) is None:
        tag_came(tx, receiving, crossing)
        return
    bag = bag_of_tag(tx, crossing.epc)
    before = require(tx.raw, bag)
    status = BagStatus(str(before["status"]))
    indoors = is_indoors(tx.plant, portal)
    if indoors and is_evidence(tx, actor, bag, portal, crossing, at):
        return
    if crossing.direction is rfid.Direction.UNKNOWN:
        data = {"portal": portal.id, "reads": crossing.reads}
        tx.record("crossing.unclear", actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
        return
    inwards = crossing.direction is rfid.Direction.IN
    place = portal.inside if inwards else portal.outside
    data = {"portal": portal.id}
    arrival = move_to(tx, actor, bag, place, crossing.last_seen, kind="bag.crossed", data=data)
    if receiving is not None and inwards:
        bag_came(tx, before, crossing.last_seen, is_news=arrival is Arrival.CURRENT)
    if arrival is not Arrival.CURRENT:
        return
    if status is BagStatus.MISSING:
        observe(tx, actor, bag, BagStatus.QUARANTINE, "bag.found")
        raise_finding(tx, actor, bag, f"it was missing and came through {portal.id}")
    elif not indoors:
        _check_status(tx, actor, bag, status, portal.id, inwards=inwards)


def _check_status(tx: Tx, actor: Actor, bag: str, status: BagStatus, portal: str, *, inwards: bool) -> None:
    if inwards and status in _OUTSIDE:
        raise_finding(tx, actor, bag, f"it came in through {portal} while it was {status.value}")
    elif not inwards and status not in _OUTSIDE:
        raise_finding(tx, actor, bag, f"it went out through {portal} while it was {status.value}")


_HANDLERS: Final[Mapping[type, Handler]] = {
    plc.BatchSeparated: batch_separated,
    plc.BatchFrozen: batch_frozen,
    plc.BagLabelled: bag_labelled,
    plc.BatchProcessed: batch_processed,
    plc.BagMoved: carrier_reported,
    plc.CommandAnswered: command_answered,
    plc.JournalLoss: journal_lost,
    rfid.Crossing: crossing_seen,
    rfid.HearingChanged: on_hearing_changed,
    rfid.ShelfSeen: on_shelf_seen,
    **outbound.HANDLERS,
    **transport.HANDLERS,
}
"""Message type -> effect."""
