import type { Chamber, LiveDoor, LiveReading, Overview, PlantView } from '../api/types';
import { instant } from '../format/time';

/** How much of a trend a chamber shows on the overview. */
export const TREND_MS = 2 * 3_600_000;
/** Points closer than this are not worth drawing on a sparkline. */
const TREND_STEP_MS = 60_000;

/** The overview with the newest readings in its chambers; the same object when none of them is shown. */
export function patchReadings(overview: Overview, readings: readonly LiveReading[]): Overview {
  const newest = new Map(readings.map((reading) => [reading.probe, reading]));
  if (!overview.chambers.some((chamber) => newest.has(chamber.probe))) return overview;
  return {
    ...overview,
    chambers: overview.chambers.map((chamber) => {
      const reading = newest.get(chamber.probe);
      return reading ? patchChamber(chamber, reading) : chamber;
    }),
  };
}

function patchChamber(chamber: Chamber, reading: LiveReading): Chamber {
  const { value_c, quality, at } = reading;
  return { ...chamber, value_c, quality, at, trend: at === null ? chamber.trend : extend(chamber.trend, instant(at), value_c) };
}

function extend(trend: Chamber['trend'], ms: number, value: number | null): Chamber['trend'] {
  const last = trend.at(-1);
  if (last && ms - last[0] < TREND_STEP_MS) return trend;
  return [...trend.filter(([at]) => at > ms - TREND_MS), [ms, value]];
}

/** The overview with the newest door states; a door belongs to the chamber of its device. */
export function patchDoors(overview: Overview, doors: readonly LiveDoor[], plant: PlantView): Overview {
  const device = new Map(plant.doors.map((door) => [door.id, door.device]));
  const open = new Map(doors.map((door) => [device.get(door.door), door.open]));
  if (!overview.chambers.some((chamber) => open.has(chamber.device))) return overview;
  return {
    ...overview,
    chambers: overview.chambers.map((chamber) =>
      open.has(chamber.device) ? { ...chamber, door_open: open.get(chamber.device) ?? null } : chamber,
    ),
  };
}
