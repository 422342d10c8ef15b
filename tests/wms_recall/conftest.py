"""The store and floor of the way out, with donations, their components and pools to recall."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "wms_orders"))

from outbound_store import floor, store
from recall_world import World

__all__ = ["floor", "store"]


@pytest.fixture
def world(store) -> World:
    return World(store)
