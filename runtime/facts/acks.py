"""The small messages between an edge and the controller about facts: hello up, ack down (both retained)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything up to and including `mark` of an edge's epoch is committed; 0 is nothing yet."""

    edge: str
    epoch: str
    mark: int


class Ack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a controller has of an epoch. A new (controller, term) may have less than the one before it."""

    controller: _Text
    term: _Count
    epoch: _Text
    mark: _Count


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An edge says which epoch it speaks and how far its spool goes."""

    edge: _Text
    epoch: _Text
    head: _Count
