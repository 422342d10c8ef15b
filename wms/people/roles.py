"""Roles of a site, and which of them may sign which act."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account is for; `collection`, `laboratory` and `neighbour` are agents, not people."""

    OPERATOR = "operator"
    QUALITY = "quality"
    HOSPITAL = "hospital"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"
    COLLECTION = "collection"
    LABORATORY = "laboratory"
    NEIGHBOUR = "neighbour"
