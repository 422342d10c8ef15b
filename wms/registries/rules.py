"""How long a registry keeps what it locked: versioned data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from wms.hospitals.rules import Hours


class RegistryRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The times of one profile."""

    profile: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    lock_bag: Hours
    lock_frozen: Hours
    lock_donor: Hours


@cache
def registry_rules(profile: str) -> RegistryRules:
    """Rules of a component profile ("cn-2012"); raises ValueError when the file is missing or malformed."""
    path = resources.files("wms.registries") / f"{profile}.toml"
    if not path.is_file():
        raise ValueError(f"There are no registry rules in profile {profile!r}")
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), RegistryRules)
