"""A channel as far as the ladder has to know it."""

from __future__ import annotations

from dataclasses import dataclass

from wms.notices.tables import ChannelKind


@dataclass(frozen=True, slots=True)
class Reach:
    """A channel as far as it matters here; ``people`` have an address of their own, none means all share one."""

    name: str
    kind: ChannelKind
    people: frozenset[str] = frozenset()
