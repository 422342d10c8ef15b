"""Faults a person can cause on the bench: named acts on the world, a file for each subject.

Everything unknown is refused by name. Nothing here happens by itself: that is `simulators.breakdowns`.
"""

from __future__ import annotations

from typing import Final

from simulators.faults import machines, stores, tags, vehicles
from simulators.faults.act import Act, FaultError
from simulators.world import World

__all__ = ["FAULTS", "FaultError", "cause"]

FAULTS: Final[dict[str, Act]] = stores.FAULTS | tags.FAULTS | machines.FAULTS | vehicles.FAULTS


def cause(world: World, fault: str, target: str, value: float | None = None) -> None:
    """Cause (or mend) a fault; it is written to the world's log. Raises FaultError and then changes nothing.

    Faults, with what `target` names:

    * store: `door` (value = seconds, 0 closes), `door_ajar` (value = how far, 0 closes), `compressor_dead`
      `thermostat_welded` `cooling_sound` `power_cut` `power_back`, `cooling_leak` (value = share lost),
      `cooling_leak_slow` (value = share lost an hour), incubators also `agitator_stopped` `agitator_sound`
    * probe id: `probe_stuck` `probe_silent` `probe_open` `probe_short` `probe_spikes` `probe_noisy` `probe_drift`
      (value = K/day) `probe_offset` (value = K) `probe_out_of_glycol` `probe_swapped` `probe_sound`
    * reader/port: `reader_deaf` `reader_hears`; bag: `tag_dead` `tag_alive`; bag/portal: `stray` (value 0 ends it);
      bag/place: `misplaced` (somebody put it there and told nobody)
    * any machine that does jobs: `hold` `unhold`, `breakdown` (value = minutes until it is mended), `mend`
    * quick freezer: `freezer_fan_dead` `freezer_compressor_dead` `freezer_sound`
    * conveyor: `jam` (value = minutes); conveyor or diverter: `wrong_way` (the next bag that passes the arm)
    * crane: `position_lost` (value = minutes), `gripper_drop` (the next bag); mobile robot: `battery` (value = percent)
    * label station, next label: `label_jam` `label_mismatch` `label_misfeed`
    * preparation robot, next batch: `process_miss` (one unit outside its limits)
    * packing station, next box: `coolant_forgotten` `coolant_unconditioned` `logger_off`
    * vehicle: `vehicle_stuck` (value = hours) `vehicle_mended`
    * `mobile`: `pallet` (value = bags; a whole pallet of donations drives up to the receiving tunnel)
    """
    act = FAULTS.get(fault)
    if act is None:
        raise FaultError(f"there is no fault {fault!r}; known are {', '.join(sorted(FAULTS))}")
    act(world, target, value)
    world.scene.note("fault", fault=fault, target=target, value=value)
