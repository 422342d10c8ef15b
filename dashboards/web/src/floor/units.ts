import type { Alarm, FloorState, PlantView } from '../api/types';

export type Place = PlantView['places'][number];
export type FloorDevice = FloorState['devices'][number];
export type Chamber = FloorState['chambers'][number];

/** A machine with what it says of itself now. */
export interface Machine {
  id: string;
  name_en: string;
  name_zh: string;
  now: FloorDevice;
}

const CARRIERS: ReadonlySet<string> = new Set(['crane', 'conveyor', 'diverter', 'amr']);

/** One thing on the plan with everything that is known of it now. */
export interface Unit {
  place: Place;
  bags: number;
  statuses: Record<string, number>;
  room: number | null;
  machine: Machine | null;
  chamber: Chamber | null;
  alarm: Alarm | null;
}

/** The drawn places of the plant, in reading order (top to bottom, left to right), rooms first so that they lie below. */
export function unitsOf(plant: PlantView, floor: FloorState, alarms: readonly Alarm[]): Unit[] {
  const counts = new Map(floor.places.map((place) => [place.path, place]));
  const standing = machinesOf(plant, floor, (kind) => !CARRIERS.has(kind));
  return plant.places
    .filter((place) => place.area !== null)
    .map((place) => ({
      place,
      bags: counts.get(place.path)?.bags ?? 0,
      statuses: counts.get(place.path)?.statuses ?? {},
      room: roomOf(plant, place),
      machine: standing.find(({ id }) => plant.devices.some((device) => device.id === id && device.place === place.path)) ?? null,
      chamber: floor.chambers.find((chamber) => chamber.place === place.path) ?? null,
      alarm: worstAt(alarms, place.path),
    }))
    .sort((a, b) => order(a.place) - order(b.place));
}

/** Machines that move, and so stand nowhere for long. */
export function carriersOf(plant: PlantView, floor: FloorState): Machine[] {
  return machinesOf(plant, floor, (kind) => CARRIERS.has(kind));
}

/** Rooms that others stand in lie under them; a room of its own is a unit like any other. */
export function isBackground(place: Place, places: readonly Place[]): boolean {
  return place.kind === 'room' && places.some(({ path, area }) => area !== null && path.startsWith(`${place.path}/`));
}

function machinesOf(plant: PlantView, floor: FloorState, wanted: (kind: string) => boolean): Machine[] {
  const states = new Map(floor.devices.map((device) => [device.device, device]));
  return plant.devices
    .filter(({ kind }) => wanted(kind))
    .flatMap(({ id, name_en, name_zh }) => {
      const now = states.get(id);
      return now ? [{ id, name_en, name_zh, now }] : [];
    });
}

/** How many bags fit: the slots of a store's shelves, or the capacity of a shared place; null when nobody set one. */
function roomOf(plant: PlantView, place: Place): number | null {
  const slots = plant.places.filter((shelf) => shelf.path.startsWith(`${place.path}/`)).reduce((sum, shelf) => sum + shelf.slots, 0);
  return slots > 0 ? slots : place.capacity;
}

function worstAt(alarms: readonly Alarm[], path: string): Alarm | null {
  const here = alarms.filter((alarm) => alarm.state !== 'normal' && (alarm.place === path || alarm.place?.startsWith(`${path}/`)));
  return here.reduce<Alarm | null>((worst, alarm) => (worst === null || alarm.priority < worst.priority ? alarm : worst), null);
}

function order(place: Place): number {
  const [left = 0, top = 0] = place.area ?? [];
  return (place.kind === 'room' ? -1e6 : 0) + Math.round(top) * 1000 + left;
}
