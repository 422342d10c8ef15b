"""The store and the floor that these tests play on."""

from __future__ import annotations

from outbound_store import LI, PLANT, T0, Store, floor, open_writer, solve_here, store

__all__ = ["LI", "PLANT", "T0", "Store", "floor", "open_writer", "solve_here", "store"]
