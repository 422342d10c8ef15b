"""The dispatch lock: opens only when exactly the permitted tags stand in it; otherwise it refuses and stays shut."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum

import msgspec

from plant.model import PortalKind
from plc_bridge.messages import LockOpened, LockPermit, LockRefused, report_type
from simulators.floor import Bag
from simulators.memory import JobStatus
from simulators.scene import Scene


class LockState(StrEnum):
    """The door behind which packed bags wait."""

    SHUT = "shut"
    OPEN = "open"


class DispatchLock(msgspec.Struct):
    """State of the lock; `leaving` is the shipment that is being carried out while it stands open."""

    device: str
    place: str
    state: LockState = LockState.SHUT
    leaving: LockPermit | None = None

    def accept(self, scene: Scene, job: str, command: LockPermit) -> str | None:
        """Judge a permit at once: open, or report the refusal. Always an answered job, so None."""
        self._bring_in(scene, command)
        standing = [bag.epc for bag in self.standing(scene)]
        missing = tuple(sorted((Counter(command.epcs) - Counter(standing)).elements()))
        extra = tuple(sorted((Counter(standing) - Counter(command.epcs)).elements()))
        reason = self._reason(command, scene.real, missing, extra)
        if reason is None:
            self.state, self.leaving = LockState.OPEN, command
            opened = LockOpened(
                device=self.device, permit=command.permit, shipment=command.shipment, epcs=tuple(standing)
            )
            scene.report(self.device, report_type(opened), opened)
        else:
            refused = LockRefused(
                device=self.device,
                permit=command.permit,
                shipment=command.shipment,
                reason=reason,
                missing=missing,
                extra=extra,
            )
            scene.report(self.device, report_type(refused), refused)
        scene.note(
            "lock",
            shipment=command.shipment,
            permit=command.permit,
            outcome="refused" if reason else "opened",
            reason=reason or "",
        )
        scene.finish(self.device, job, JobStatus.FAILED if reason else JobStatus.DONE, reason or "")
        return None

    def standing(self, scene: Scene) -> list[Bag]:
        """Every bag in the lock: in its boxes first, then those without a box."""
        boxes = [box for box in scene.boxes.values() if box.place == self.place]
        return [bag for box in boxes for bag in scene.floor.at(box.inside)] + scene.floor.at(self.place)

    def _bring_in(self, scene: Scene, permit: LockPermit) -> None:
        """A box that staff looked through by hand still stands in the tunnel: with its permit it rolls in."""
        if self.state is LockState.OPEN or permit.until_real < scene.real:
            return
        tunnels = {portal.inside for portal in scene.plant.portals if portal.kind is PortalKind.TUNNEL}
        for box in scene.boxes.values():
            inside = {bag.epc for bag in scene.floor.at(box.inside)}
            if box.place in tunnels and inside and inside <= set(permit.epcs):
                box.place = self.place

    def shut(self) -> None:
        """Everything has left."""
        self.state, self.leaving = LockState.SHUT, None

    def _reason(
        self, command: LockPermit, real: datetime, missing: tuple[str, ...], extra: tuple[str, ...]
    ) -> str | None:
        if self.state is LockState.OPEN:
            return "the lock stands open for another shipment"
        if command.until_real < real:
            return "the permit has run out"
        if not command.epcs:
            return "the permit names no bag"
        if missing or extra:
            return f"{len(missing)} permitted bags are missing and {len(extra)} others stand in the lock"
        return None
