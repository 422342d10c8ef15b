"""The seventeen PackML states (ISA-TR88.00.02), and what each means to somebody who needs the machine."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

STATE_METRIC: Final = "Status/StateCurrent"
"""Signal in which a machine names its state; by name, as the numbers differ between models."""


class Activity(StrEnum):
    """RUNNING works or prepares to, IDLE waits for work, HELD has paused, STOPPED needs a person."""

    RUNNING = "running"
    IDLE = "idle"
    HELD = "held"
    STOPPED = "stopped"


_ACTIVITIES: Final = {
    **dict.fromkeys(
        ("Starting", "Execute", "Completing", "Resetting", "Unholding", "Unsuspending"),
        Activity.RUNNING,
    ),
    **dict.fromkeys(("Idle", "Complete"), Activity.IDLE),
    **dict.fromkeys(("Holding", "Held", "Suspending", "Suspended"), Activity.HELD),
    **dict.fromkeys(("Stopping", "Stopped", "Aborting", "Aborted", "Clearing"), Activity.STOPPED),
}


def activity_of(state: str) -> Activity | None:
    """What a state means; None for a word that PackML does not have: then nothing is known of the machine."""
    return _ACTIVITIES.get(state)
