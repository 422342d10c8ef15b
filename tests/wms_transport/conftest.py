"""The same store and floor as the way out; what leaves the lock there is driven here."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "wms_orders"))

from outbound_store import floor, store

__all__ = ["floor", "store"]
