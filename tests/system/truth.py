"""The world's own log folded to what really became of every bag. It knows nothing of the warehouse."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

_PUT = frozenset({"arrived_dock", "stored", "moved", "gate", "frozen"})
EXIT = "p4"


@dataclass(slots=True)
class Truth:
    """What really became of one bag.

    ``began_at`` is where it was at first; ``unread_by`` the portals that let it pass without reading it, unless they
    read it since; ``left_at`` when it last went out of the door, read or not, ``left_in`` its place then (its box).
    """

    group: str
    reactive: str | None
    place: str
    began_at: str = ""
    was_stock: bool = False
    children: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    crossed: set[str] = field(default_factory=set)
    unread_by: set[str] = field(default_factory=set)
    left_at: datetime | None = None
    left_in: str | None = None
    labelled_at: datetime | None = None
    frozen_min: float | None = None
    delivered_to: str | None = None
    sent_back: bool = False
    used: bool = False
    took_part: bool = False


@dataclass(slots=True)
class Box:
    """What really lies in one box, and whether the tunnel has read all of it since it was closed."""

    bags: list[str] = field(default_factory=list)
    read_wholly: bool = False


@dataclass(slots=True)
class World:
    """Bags and boxes at the end of a log.

    ``packings`` are the box and the bags of each packing; ``unchecked`` are boxes that left without having been read
    wholly; ``decided`` counts what the gate did with each bag.
    """

    bags: dict[str, Truth] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    packings: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    decided: Counter[tuple[str, str]] = field(default_factory=Counter)
    unchecked: list[str] = field(default_factory=list)


def opening_of(path: Path) -> list[dict[str, Any]]:
    """The opening stock as lines of a log; empty without such a file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                "event": "opened",
                "bag": row["bag"],
                "group": row["group"],
                "place": row["place"],
                "status": row["status"],
            }
            for row in csv.DictReader(file)
        ]


def truth_of(log: Sequence[dict[str, Any]]) -> dict[str, Truth]:
    """Fold the world's log to the state of every bag."""
    return world_of(log).bags


def world_of(log: Sequence[dict[str, Any]]) -> World:
    """Fold the world's log to the state of every bag and box."""
    world = World()
    for line in log:
        _follow(world, line)
    return world


def _follow(world: World, line: dict[str, Any]) -> None:
    bags, event = world.bags, line["event"]
    match event:
        case "opened" | "collected":
            bags[line["bag"]] = Truth(
                line["group"],
                line.get("reactive"),
                line["place"],
                began_at=line["place"],
                was_stock=line.get("status") == "AVAILABLE",
            )
        case "separated":
            _separated(bags, line)
        case "processed":
            _processed(bags, line)
        case "crossing":
            _crossed(world, line)
        case "passed_again" | "picked_up":
            _carried_by_hand(bags[line["bag"]], line)
        case "packed" | "unpacked" | "tunnel":
            _boxed(world, line)
        case "handed_over" | "received" | "returned" | "used":
            _handed_on(world, line)
        case _ if event in _PUT or event == "labelled":
            _handled(world, bags[line["bag"]], line)
    if "bag" in line and event not in {"opened", "used"} and line["bag"] in bags:
        bags[line["bag"]].took_part = True


def _handled(world: World, bag: Truth, line: dict[str, Any]) -> None:
    """A machine did something with one bag."""
    bag.place = line.get("place", bag.place)
    match line["event"]:
        case "frozen":
            bag.frozen_min = line["minutes"]
        case "gate":
            world.decided[line["bag"], line["decision"]] += 1
        case "labelled" if line["outcome"] == "done" and line["mishap"] in {None, "none"}:
            bag.labelled_at = _at(line)


def _handed_on(world: World, line: dict[str, Any]) -> None:
    """The road's end: a box at the door of a hospital, a bag in its store, sent back or used."""
    if line["event"] == "handed_over":
        for box in line["boxes"]:
            for name in world.boxes[box].bags:
                world.bags[name].place = f"hospital/{line['hospital']}"
            world.boxes[box] = Box()
        return
    if "bag" not in line:  # a vehicle that returned
        return
    bag = world.bags[line["bag"]]
    match line["event"]:
        case "received":
            bag.delivered_to, bag.place = line["hospital"], f"hospital/{line['hospital']}"
        case "returned":
            bag.sent_back = True
        case "used":
            bag.used = True


def _separated(bags: dict[str, Truth], line: dict[str, Any]) -> None:
    """Children lie before the freezer; a bag that leaked lies there as it was."""
    parent = bags[line["bag"]]
    parent.children = tuple(line["children"])
    if not parent.children:
        parent.place = "prep/out"
    for child in parent.children:
        bags[child] = Truth(
            parent.group, parent.reactive, "prep/out", "prep/out", parents=(line["bag"],), took_part=True
        )


def _processed(bags: dict[str, Truth], line: dict[str, Any]) -> None:
    """One unit of a recipe: its parents became one bag, or lie there as they were."""
    parents = [bags[parent] for parent in line["parents"]]
    for parent in parents:
        parent.took_part = True
        if line["outcome"] != "done":
            parent.place = line["place"]
        else:
            parent.children = (line["bag"],)
    if line["outcome"] == "done":
        reactive = next((parent.reactive for parent in parents if parent.reactive is not None), None)
        bags[line["bag"]] = Truth(
            parents[0].group,
            reactive,
            line["place"],
            line["place"],
            parents=tuple(line["parents"]),
            frozen_min=parents[0].frozen_min,
            took_part=True,
        )


def _crossed(world: World, line: dict[str, Any]) -> None:
    """Read: it is behind the portal. Unread: it went through all the same. Left behind: it did not go."""
    bag, portal = world.bags[line["bag"]], line["portal"]
    if line["outcome"] == "left_behind":
        return
    if line["outcome"] == "crossed":
        bag.crossed.add(portal)
        bag.unread_by.discard(portal)
    else:
        bag.unread_by.add(portal)
    if portal == EXIT:
        bag.left_at, bag.left_in = _at(line), line["place"]
        box = line["place"].removeprefix("box/")
        if box in world.boxes and not world.boxes[box].read_wholly:
            world.unchecked.append(f"{box} with {line['bag']}")
    bag.place = line["place"]


def _carried_by_hand(bag: Truth, line: dict[str, Any]) -> None:
    """Staff took a bag past the antennas of a portal once more."""
    bag.place = line["place"]
    if line.get("outcome") != "unread":
        bag.crossed.add(line["portal"])
        bag.unread_by.discard(line["portal"])


def _boxed(world: World, line: dict[str, Any]) -> None:
    box = world.boxes.setdefault(line["box"], Box())
    if line["event"] == "tunnel":
        box.read_wholly = box.read_wholly or not line["missed"]
        return
    box.read_wholly = False
    box.bags = list(line["bags"]) if line["event"] == "packed" else []
    if line["event"] == "packed":
        world.packings[line["packing"]] = (line["box"], set(line["bags"]))
    place = f"box/{line['box']}" if line["event"] == "packed" else line["place"]
    for bag in line["bags"]:
        world.bags[bag].place, world.bags[bag].took_part = place, True


def _at(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["at"])
