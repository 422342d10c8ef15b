"""Where the tests keep their files: in memory where it has room, for no power is cut while they run."""

from __future__ import annotations

import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30  # bytes; two workers' databases and spools stay far below it


def quick_place() -> Path | None:
    """The folder of the machine's memory file system, or None where there is none or it is small (as in containers)."""
    if not _MEMORY.is_mount() or shutil.disk_usage(_MEMORY).free < _ROOM:
        return None
    return _MEMORY
