"""A store with a historian beside it: bags lie in the demo's cold rooms, probes say what the test lets them say."""

from __future__ import annotations

from passport_house import house

__all__ = ["house"]
