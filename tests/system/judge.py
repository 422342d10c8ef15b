"""The warehouse judged against the world's own log: never against itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_MAY_SERVE = {  # red cells: ABO of the bag -> ABO of patients; plasma is the mirror image
    "O": {"O", "A", "B", "AB"},
    "A": {"A", "AB"},
    "B": {"B", "AB"},
    "AB": {"AB"},
}


@dataclass(slots=True)
class Truth:
    """What really became of one bag."""

    group: str
    reactive: str | None
    place: str
    children: tuple[str, ...] = ()
    crossed: set[str] = field(default_factory=set)
    delivered_to: str | None = None
    frozen_min: float | None = None


def truth_of(log: list[dict[str, Any]]) -> dict[str, Truth]:
    """Fold the world's log to the state of every bag."""
    bags: dict[str, Truth] = {}
    for line in log:
        name = line.get("bag")
        match line["event"]:
            case "collected":
                bags[name] = Truth(line["group"], line["reactive"], line["place"])
            case "separated":
                parent = bags[name]
                parent.children = tuple(line["children"])
                for child in parent.children:
                    bags[child] = Truth(parent.group, parent.reactive, "prep/out")
            case "processed":
                _processed(bags, line)
            case "frozen":
                bags[name].frozen_min = line["minutes"]
                bags[name].place = line["place"]
            case "crossing" if line["outcome"] == "crossed":
                bags[name].crossed.add(line["portal"])
                bags[name].place = line["place"]
            case "arrived_dock" | "stored" | "moved" | "gate":
                bags[name].place = line["place"]
            case "received":
                bags[name].delivered_to = line["hospital"]
                bags[name].place = f"hospital/{line['hospital']}"
    return bags


def _processed(bags: dict[str, Truth], line: dict[str, Any]) -> None:
    """One unit of a recipe: its parents became one bag, or lie there as they were."""
    parents = [bags[parent] for parent in line["parents"]]
    if line["outcome"] != "done":
        for parent in parents:
            parent.place = line["place"]
        return
    for parent in parents:
        parent.children = (line["bag"],)
    reactive = next((parent.reactive for parent in parents if parent.reactive is not None), None)
    bags[line["bag"]] = Truth(parents[0].group, reactive, line["place"])


def faults(
    truth: dict[str, Truth],
    known: dict[str, dict[str, Any]],
    stays: dict[str, list[str]],
    orders: list[dict[str, Any]],
) -> list[str]:
    """Every way in which the warehouse's picture differs from what happened, and every bag wrongly delivered.

    `known` are the warehouse's bags and `stays` the places in which it says that each has been.
    """
    found = [f"{bag}: the warehouse does not know it" for bag in truth.keys() - known.keys()]
    found += [f"{bag}: the warehouse made it up" for bag in known.keys() - truth.keys()]
    promised = {
        bag["bag"]: (order["hospital"], line["group"])
        for order in orders
        for line in order["lines"]
        for bag in line["bags"]
    }
    for name in truth.keys() & known.keys():
        found += [f"{name}: {fault}" for fault in _bag_faults(truth[name], known[name], promised.get(name))]
        found += [f"{name}: {fault}" for fault in _crossing_faults(truth[name], stays[name])]
    return sorted(found)


def _bag_faults(real: Truth, known: dict[str, Any], promise: tuple[str, str] | None) -> list[str]:
    found = []
    status = known["status"]
    if real.children and status != "CONSUMED":
        found.append(f"was separated, the warehouse says {status}")
    if not real.children and status != "CONSUMED" and known["place"] != real.place:
        found.append(f"is at {real.place}, the warehouse says {known['place']}")
    if (real.delivered_to is not None) != (status == "RECEIVED"):
        found.append(f"delivered to {real.delivered_to}, the warehouse says {status}")
    if known["group"] is not None and known["group"] != real.group:
        found.append(f"is {real.group}, the warehouse says {known['group']}")
    if real.delivered_to is not None:
        found += _delivery_faults(real, known, promise)
    return found


def _crossing_faults(real: Truth, stays: list[str]) -> list[str]:
    """Whoever was read through a portal has been behind it, and nobody else has."""
    found = []
    for portal, has_been in (
        ("p1", "dock" in stays),
        ("p4", any(place.startswith("transit/") for place in stays)),
    ):
        if has_been != (portal in real.crossed):
            found.append(f"crossed {sorted(real.crossed)}, the warehouse says it has been in {stays}")
    return found


def _delivery_faults(real: Truth, known: dict[str, Any], promise: tuple[str, str] | None) -> list[str]:
    found = []
    if real.reactive is not None:
        found.append(f"was delivered although reactive for {real.reactive}")
    if "p4" not in real.crossed:
        found.append("was delivered without passing the dispatch portal")
    if known["component"] == "FFP" and (real.frozen_min is None or real.frozen_min > 60):
        found.append(f"was delivered as fresh frozen plasma, frozen in {real.frozen_min} min")
    if promise is None:
        return [*found, "was delivered without an order"]
    hospital, patient = promise
    if hospital != real.delivered_to:
        found.append(f"was ordered by {hospital} and delivered to {real.delivered_to}")
    if not compatible(known["component"], real.group, patient):
        found.append(f"{real.group} {known['component']} was delivered for {patient}")
    return found


def compatible(component: str, bag: str, patient: str) -> bool:
    """The rule of thumb of every blood bank, written here a second time on purpose."""
    abo_bag, abo_patient = bag.rstrip("+-"), patient.rstrip("+-")
    if component == "FFP":
        return abo_bag in _MAY_SERVE[abo_patient]
    return abo_patient in _MAY_SERVE[abo_bag] and not (bag.endswith("+") and patient.endswith("-"))
