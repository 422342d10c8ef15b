"""Machines that stop and are put right again, as the world's log tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from simulators.machines.packml import PackState, Unit
from simulators.scene import Scene


def stop(
    scene: Scene, unit: Unit[Any], to: PackState, trouble: str, mended_after: timedelta | None, event: str = "breakdown"
) -> bool:
    """Stop a machine until staff have mended it (None: until somebody says so); False when it stood already."""
    until = None if mended_after is None else scene.now + mended_after
    if not unit.halt(scene.now, to, trouble, until):
        return False
    scene.note(event, device=unit.device, state=to, trouble=trouble, until=until)
    return True


def mend(scene: Scene, unit: Unit[Any]) -> None:
    """Let a machine go on whose repair is over."""
    if unit.is_halted and unit.resumes_at is not None and unit.resumes_at <= scene.now:
        release(scene, unit)


def release(scene: Scene, unit: Unit[Any]) -> None:
    """Let a machine go on at once."""
    trouble, at = unit.trouble, min(unit.resumes_at or scene.now, scene.now)
    if unit.is_halted:
        unit.resume(at)
        scene.note("mended", at, device=unit.device, trouble=trouble)
