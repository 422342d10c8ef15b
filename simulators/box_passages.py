"""Boxes carried out of an open lock: their tags are read on the way, and a box with a silent tag is passed again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from rfid.messages import Direction
from simulators.passages import read_bag, sides
from simulators.radio.passes import PASS_S
from simulators.scene import Scene

AGAIN_AFTER: Final = timedelta(seconds=60)
DARK_AFTER: Final = timedelta(minutes=10)
"""A box of which nothing at all was read does not leave: its reader is deaf, and somebody is called."""
_TRIES: Final = 3


class BoxPassage(msgspec.Struct, kw_only=True):
    """Boxes of a shipment on their way through a portal; `heard` are the bags read on both sides so far."""

    portal: str
    boxes: list[str]
    shipment: str
    hospital: str
    ends: datetime
    tries: int = 0
    heard: list[str] = []


def pass_boxes(scene: Scene, passage: BoxPassage, from_place: str) -> BoxPassage | None:
    """Carry the boxes through; those that are not wholly read are returned as the next try, if any.

    What was silent is held to the antennas again. After three tries a box goes although a tag in it stays silent: the
    tunnel has read it, and it is closed.
    """
    portal = next(portal for portal in scene.plant.portals if portal.id == passage.portal)
    first, last = sides(scene, portal, Direction.OUT)
    starts, heard = passage.ends - timedelta(seconds=PASS_S), set(passage.heard)
    left, dark = [], False
    for name in passage.boxes:
        box = scene.boxes[name]
        if box.place != from_place:  # somebody took it away in the meantime
            continue
        bags = scene.floor.at(box.inside)
        packing = f"{passage.portal}/{name}/{box.closed}/{passage.ends.isoformat()}"
        for bag in [bag for bag in bags if bag.id not in heard]:
            if read_bag(scene, bag, packing, len(bags), first, last, starts):
                heard.add(bag.id)
        known = [bag for bag in bags if bag.id in heard]
        if bags and (not known or (len(known) < len(bags) and passage.tries + 1 < _TRIES)):
            left.append(name)
            dark = dark or not known
            continue
        box.place = f"transit/{passage.shipment}"
        for bag in bags:
            outcome = "crossed" if bag.id in heard else "unread"
            details = {"bag": bag.id, "epc": bag.epc, "portal": passage.portal, "direction": Direction.OUT}
            scene.note("crossing", passage.ends, **details, outcome=outcome, place=bag.place, shipment=passage.shipment)
    if not left:
        return None
    again = DARK_AFTER if dark else AGAIN_AFTER
    tries = passage.tries + (not dark)
    return msgspec.structs.replace(passage, boxes=left, ends=passage.ends + again, tries=tries, heard=sorted(heard))
