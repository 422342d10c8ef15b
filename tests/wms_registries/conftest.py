"""The hospital of the hospitals' tests, beside a centre with registries."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "wms_hospitals"))

from hospital_world import centre, ward

__all__ = ["centre", "ward"]
