"""The world: one coherent centre, advanced to a domain time in bounded steps. Pure: no clock, no file, no socket."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from plant.model import Plant
from simulators import boxes, breakdowns, commanding, heat, portals, standing_reads, tunnel
from simulators.commanding import JobAnswer
from simulators.fleet import depot
from simulators.floor import Floor
from simulators.machines.reliability import NEVER, RATES, FaultRate
from simulators.people import day as people
from simulators.people import staff
from simulators.people.pace import Pace
from simulators.radio.passes import TagRead
from simulators.scene import Listening, Scene
from simulators.state import WorldState

MAX_STEP: Final = timedelta(seconds=10)
_HEAT_EVERY: Final = timedelta(seconds=60)
_SLEPT: Final = timedelta(hours=12)
"""A gap longer than this is not stepped through: nobody was there to run the centre."""
_AJAR: Final = 0.12
"""The story leaves a door ajar: the switch says open and the alarm fires, but the blood behind it does not warm up."""


class World:
    """The centre. `state` is everything; `listening` says which readers are heard (a fact of now, never restored).

    ``rate`` says how often machines fail by themselves; without it, as is usual at the pace. ``max_step`` is the
    longest span that is lived through at once: physics is stable up to a minute, standing tags are read once a step.
    """

    def __init__(
        self,
        plant: Plant,
        state: WorldState,
        pace: Pace,
        rate: FaultRate | None = None,
        max_step: timedelta = MAX_STEP,
    ) -> None:
        self._max_step = max_step
        self.plant = plant
        self.state = state
        self.pace = pace
        self.rate = RATES.get(pace.name, NEVER) if rate is None else rate
        self.floor = Floor(state.bags)
        self.scene = Scene(
            plant=plant,
            seed=state.seed,
            floor=self.floor,
            memory=state.memory,
            log=state.log,
            boxes=state.boxes,
            now=state.now,
            real=state.now,
            listening=dict.fromkeys((reader.id for reader in plant.readers), Listening.YES),
            deaf=set(state.deaf),
        )
        people.begin(self.scene, state.people, pace)

    # ---- time ------------------------------------------------------------------------------------------------------

    def advance(self, to: datetime, real: datetime) -> None:
        """Live on to a domain time; earlier times are ignored (the world never runs back)."""
        self.scene.real = real
        if to - self.state.now > _SLEPT:
            self.scene.note("fault", fault="world_slept", value=(to - self.state.now).total_seconds())
            self.state.now = self.state.heat_at = to
        while self.state.now < to:
            self._step(min(self._max_step, to - self.state.now))

    def _step(self, span: timedelta) -> None:
        state, scene, dt = self.state, self.scene, span.total_seconds()
        state.now += span
        scene.now = state.now
        room_c = heat.ambient_c(state.now)
        self._tell_story()
        for store in state.stores:
            store.step(scene, dt, room_c)
        for box in state.boxes.values():
            boxes.step(self.plant, state.seed, box, state.now, dt, room_c)
        breakdowns.step(scene, state.breakdowns, self.rate, state.units, state.carriers, state.freezers)
        for robot in state.robots.values():
            robot.step(scene)
        for freezer in state.freezers.values():
            freezer.step(scene, dt)
        for carrier in state.carriers.values():
            carrier.step(scene, dt)
        for gate in state.gates.values():
            gate.step(scene)
        for label_station in state.label_stations.values():
            label_station.step(scene)
        for pack_station in state.pack_stations.values():
            pack_station.step(scene)
        for each in state.tunnels.values():
            tunnel.step(scene, each, state.locks)
        staff.step(scene, state.staff, state.carriers, state.tunnels)
        portals.stand_at_gates(scene, state)
        portals.stray(scene, state)
        standing_reads.step(scene, state.shelf_rounds)
        portals.carry(scene, state)
        depot.step(scene, state.people, state.depot, dt)
        people.step(scene, state.people, self.pace, state.passages)
        if state.now - state.heat_at >= _HEAT_EVERY:
            heat.warm_bags(scene, state, (state.now - state.heat_at).total_seconds(), room_c)
            state.heat_at = state.now

    def _tell_story(self) -> None:
        """The demo's story: now and then somebody leaves the first store's door open."""
        crew = self.state.people
        if self.pace.door_first_min is None or crew.next_story_at is None or crew.next_story_at > self.state.now:
            return
        crew.next_story_at += timedelta(hours=self.pace.door_every_h)
        chamber = next(iter(self.state.chambers.values()), None)
        if chamber is not None:
            chamber.open_door(self.scene, self.pace.door_open_min * 60.0, gap=_AJAR)
            self.scene.note(
                "fault", fault="door_left_open", target=chamber.device, value=self.pace.door_open_min * 60.0
            )

    # ---- what machines are told ------------------------------------------------------------------------------------

    def start_job(self, device: str, job: str, payload: str) -> JobAnswer:
        """Give a job to a machine. A known job id answers as it did the first time and does nothing."""
        return commanding.start_job(self.scene, self.state, device, job, payload)

    def job_state(self, device: str, job: str) -> JobAnswer:
        """How a job stands."""
        return commanding.job_state(self.scene, self.state, device, job)

    # ---- what antennas heard ---------------------------------------------------------------------------------------

    def drain_reads(self) -> list[TagRead]:
        """Reads since the last call, in order of time."""
        reads, self.scene.reads = sorted(self.scene.reads, key=lambda read: read.at), []
        return reads

    def listen(self, reader: str, listening: Listening) -> None:
        """A reader began or ceased to be heard."""
        self.scene.listening[reader] = listening
