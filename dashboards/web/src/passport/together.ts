import type { Passport } from '../api/types';
import { instant } from '../format/time';

export type Excursion = Passport['excursions'][number];

/** Excursions that mean one thing for the bag: a probe that swings around its limit, or two loggers that disagree. */
export interface Excursions extends Excursion {
  times: number;
}

/** Those of one probe, side, place, meaning and case as one, with the minutes of all; in the order of their beginning. */
export function together(excursions: readonly Excursion[]): Excursions[] {
  const groups = new Map<string, Excursions>();
  for (const one of [...excursions].sort((a, b) => instant(a.from_at) - instant(b.from_at))) {
    const key = JSON.stringify([one.probe, one.side, one.place, one.limit_c, one.verdict, one.disposition]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { ...one, times: 1 });
    else {
      known.times += 1;
      known.minutes += one.minutes;
      known.worst_c = one.side === 'above' ? Math.max(known.worst_c, one.worst_c) : Math.min(known.worst_c, one.worst_c);
      known.to_at = known.to_at === null || one.to_at === null ? null : instant(one.to_at) > instant(known.to_at) ? one.to_at : known.to_at;
    }
  }
  return [...groups.values()];
}
