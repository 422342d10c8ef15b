"""Every MQTT topic (design.md 4) as a function. `+` in place of a name makes a subscription filter."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

ANY: Final = "+"
_RESERVED: Final = frozenset("+/#")


class TopicError(ValueError):
    """A name that cannot stand in a topic, or a topic that is not of the expected form."""


class SparkplugKind(StrEnum):
    """Message types of Sparkplug B under a group (the site)."""

    NBIRTH = "NBIRTH"
    NDATA = "NDATA"
    NDEATH = "NDEATH"
    NCMD = "NCMD"
    DBIRTH = "DBIRTH"
    DDATA = "DDATA"
    DDEATH = "DDEATH"
    DCMD = "DCMD"


def sparkplug(site: str, kind: SparkplugKind, edge: str, device: str | None = None) -> str:
    """`spBv1.0/{site}/{kind}/{edge}[/{device}]`; device messages need a device, node messages have none."""
    if (device is not None) != kind.startswith("D"):
        raise TopicError(f"{kind} {'needs a' if device is None else 'has no'} device")
    base = f"spBv1.0/{_name(site)}/{kind}/{_name(edge)}"
    return base if device is None else f"{base}/{_name(device)}"


def sparkplug_all(site: str) -> str:
    """Filter for all Sparkplug messages of a site."""
    return f"spBv1.0/{_name(site)}/#"


def parse_sparkplug(topic: str) -> tuple[SparkplugKind, str, str | None]:
    """Kind, edge and device of a Sparkplug topic; raises TopicError."""
    parts = topic.split("/")
    try:
        kind = SparkplugKind(parts[2])
        device = parts[4] if kind.startswith("D") else None
        if parts[0] != "spBv1.0" or len(parts) != (4 if device is None else 5):
            raise TopicError(f"{topic} is not a Sparkplug topic")
        return kind, parts[3], device
    except (IndexError, ValueError) as error:
        raise TopicError(f"{topic} is not a Sparkplug topic") from error


def primary_host(site: str) -> str:
    """Sparkplug host id of a site's controller, the primary host that every edge of the site waits for."""
    return f"hv-{_name(site)}"


def state(host_id: str) -> str:
    """Retained presence of a Sparkplug host application."""
    return f"spBv1.0/STATE/{_name(host_id)}"


def stored(site: str, edge: str) -> str:
    """Retained mark: how far the historian has stored an edge's state."""
    return _ours(site, "stored", edge)


def facts(site: str, edge: str) -> str:
    """Facts of an edge."""
    return _ours(site, "facts", edge)


def hello(site: str, edge: str) -> str:
    """Retained greeting of an edge: its epoch and head."""
    return _ours(site, "hello", edge)


def acks(site: str, edge: str) -> str:
    """Retained acknowledgement of an edge's facts."""
    return _ours(site, "acks", edge)


def commands(site: str, edge: str) -> str:
    """Commands to an edge."""
    return _ours(site, "commands", edge)


def health(site: str, service: str) -> str:
    """Retained health of a service."""
    return _ours(site, "health", service)


def last_name(topic: str) -> str:
    """The edge or service at the end of one of our topics."""
    return topic.rpartition("/")[2]


def _ours(site: str, what: str, who: str) -> str:
    return f"hv/v1/{_name(site)}/{what}/{who if who == ANY else _name(who)}"


def _name(name: str) -> str:
    if not name or _RESERVED & set(name):
        raise TopicError(f"{name!r} cannot stand in a topic: it is empty or has one of + / #")
    return name
