import type { ColdChain, LiveDoor, LiveReading, PlantView } from '../api/types';

/** The stores with the newest readings of their probes; the same object when none of them is shown. */
export function patchStoreReadings(chain: ColdChain, readings: readonly LiveReading[]): ColdChain {
  const newest = new Map(readings.map((reading) => [reading.probe, reading]));
  if (!chain.stores.some(({ probes }) => probes.some(({ id }) => newest.has(id)))) return chain;
  return {
    ...chain,
    stores: chain.stores.map((store) => ({
      ...store,
      probes: store.probes.map((probe) => {
        const reading = newest.get(probe.id);
        return reading ? { ...probe, value_c: reading.value_c, quality: reading.quality, at: reading.at } : probe;
      }),
    })),
  };
}

/** The stores with the newest states of their doors; a store with several waits for the next full answer. */
export function patchStoreDoors(chain: ColdChain, doors: readonly LiveDoor[], plant: PlantView): ColdChain {
  const single = new Map(plant.doors.filter((door) => plant.doors.filter(({ device }) => device === door.device).length === 1).map((door) => [door.id, door.device]));
  const open = new Map(doors.flatMap((door) => {
    const device = single.get(door.door);
    return device === undefined ? [] : [[device, door.open] as const];
  }));
  if (!chain.stores.some(({ device }) => open.has(device))) return chain;
  return { ...chain, stores: chain.stores.map((store) => (open.has(store.device) ? { ...store, door_open: open.get(store.device) ?? null } : store)) };
}
