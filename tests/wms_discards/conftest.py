"""The store and the floor that orders are filled on: what is discarded may be reserved, carried or packed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "wms_orders"))

from outbound_store import floor, store

__all__ = ["floor", "store"]
