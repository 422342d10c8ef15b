"""The label station: prints and applies a label, scans it back, writes the tag and locks it (world.md 4: 20 s a bag).

It judges nothing: it tells what its scanner and its antenna read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from plc_bridge.messages import BagLabelled, Outcome, PrintLabel, report_type
from simulators.chance import draw
from simulators.floor import Bag, TagLock, TagState
from simulators.machines.packml import Job, PackState, Phases, Unit, run
from simulators.machines.reliability import repair_time
from simulators.machines.trouble import stop
from simulators.memory import JobStatus
from simulators.scene import Scene
from simulators.zpl import Reading, scan

_CYCLE_S: Final = (16.0, 22.0)
_PHASES: Final = Phases(starting_s=1.0, execute_s=0.0, completing_s=1.0)
_QUEUE: Final = 20
_JAM: Final = 1.0 / 400.0
_JAM_MEDIAN_MIN: Final = 6.0
_MISMATCH: Final = 1.0 / 3000.0
_MISFEED: Final = 1.0 / 800.0


class Mishap(StrEnum):
    """What goes wrong with a label."""

    NONE = "none"
    JAM = "jam"  # cleared by staff, then printed again
    MISMATCH = "mismatch"  # the label before is applied once more
    MISFEED = "misfeed"  # the label comes out blank


class LabelStation(msgspec.Struct):
    """State of the station; `last` is the label printed before, `forced` a mishap that was asked for."""

    unit: Unit[PrintLabel]
    place: str
    last: Reading | None = None
    forced: Mishap = Mishap.NONE
    mishap: Mishap | None = None

    def accept(self, scene: Scene, job: str, command: PrintLabel) -> str | None:
        """Take a label for a bag that stands here; returns the reason for a refusal, or None."""
        bag = scene.floor.bags.get(command.bag)
        if bag is None or bag.place != self.place:
            return f"{command.bag} does not stand at {self.place}"
        if len(self.unit.queue) >= _QUEUE:
            return f"{_QUEUE} labels wait already"
        if "^XA" not in command.zpl or "^XZ" not in command.zpl:
            return "the label is not ZPL: it does not begin with ^XA and end with ^XZ"
        self.unit.queue.append(Job(job, command))
        return None

    def step(self, scene: Scene) -> None:
        """Advance to the scene's time."""
        run(
            self.unit,
            scene.now,
            _PHASES,
            lambda job, at: self._finish(scene, job, at),
            lambda now: self._print(scene, now),
        )

    def _print(self, scene: Scene, now: datetime) -> datetime | None:
        job = self.unit.job
        if job is None or self.unit.ends is None:
            return now
        chance = draw(scene.seed, "label", job.command.label)
        cycle_s = chance.uniform(*_CYCLE_S)
        if self.mishap is None:
            self.mishap, self.forced = self._what_happens(chance.random()), Mishap.NONE
            if self.mishap is Mishap.JAM:
                self.mishap = Mishap.NONE
                lasts = repair_time(scene.seed, self.unit.device, "label jam", job.command.label, _JAM_MEDIAN_MIN)
                if stop(scene, self.unit, PackState.HELD, "label jam", lasts, event="jam"):
                    return None
        over = self.unit.ends + timedelta(seconds=cycle_s)
        return over if over <= now else None

    def _what_happens(self, luck: float) -> Mishap:
        if self.forced is not Mishap.NONE:
            return self.forced
        for mishap, share in ((Mishap.JAM, _JAM), (Mishap.MISFEED, _MISFEED), (Mishap.MISMATCH, _MISMATCH)):
            if luck < share:
                return mishap
            luck -= share
        return Mishap.NONE

    def _finish(self, scene: Scene, job: Job[PrintLabel], at: datetime) -> None:
        command, mishap = job.command, self.mishap
        self.mishap = None
        bag = scene.floor.bags.get(command.bag)
        read, reason = Reading(), ""
        if bag is None or bag.place != self.place:
            bag, reason = None, f"{command.bag} is not in the station any more"
        else:
            read = self._read(command, mishap)
            reason = "mis-feed: the label came out blank" if mishap is Mishap.MISFEED else ""
            self.last = scan(command.zpl)
        tag = bag if bag is not None and bag.tag is TagState.ALIVE and not reason else None
        if tag is not None:
            _write(tag, command)
        report = BagLabelled(
            device=self.unit.device,
            label=command.label,
            bag=command.bag,
            din_read=read.din,
            product_read=read.product,
            group_read=read.group,
            expiry_read=read.expiry,
            epc_read=None if tag is None else tag.epc,
            tid=None if tag is None else tag.tid,
            tag_locked=tag is not None and tag.tag_lock is TagLock.LOCKED,
            outcome=Outcome.FAILED if reason else Outcome.DONE,
            reason=reason,
            tag_user_read=None if tag is None else tag.tag_user,
        )
        scene.report(self.unit.device, report_type(report), report, at)
        scene.note("labelled", at, bag=command.bag, label=command.label, outcome=report.outcome, mishap=mishap)
        scene.finish(self.unit.device, job.id, JobStatus.FAILED if reason else JobStatus.DONE, reason)
        if reason:
            self.unit.defective += 1
        else:
            self.unit.processed += 1

    def _read(self, command: PrintLabel, mishap: Mishap | None) -> Reading:
        """What the scanner reads from the label that is on the bag now."""
        if mishap is Mishap.MISFEED:
            return Reading()
        if mishap is Mishap.MISMATCH:
            return self.last or Reading()
        return scan(command.zpl)


def _write(tag: Bag, command: PrintLabel) -> None:
    """Write user memory and EPC and lock the EPC; one that is locked already keeps what it holds."""
    tag.tag_user = command.tag_user
    if tag.tag_lock is TagLock.OPEN:
        tag.epc, tag.tag_lock = command.epc, TagLock.LOCKED
