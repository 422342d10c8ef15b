"""The running application of the dashboards' tests, with bags that a hospital has received."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from hospital_world import centre, ward

__all__ = ["centre", "ward"]
