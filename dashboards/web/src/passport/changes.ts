import type { Passport } from '../api/types';
import { instant } from '../format/time';
import { muteMinutes, overlap } from './record';

/** Something about the time before the seal that the record says otherwise today. */
export interface Change {
  what: 'stays' | 'readings' | 'unknown' | 'excursions';
  was: number;
  is: number;
}

/** A minute more or less is a matter of rounding at the moment of the seal. */
const TOLERANCE_MIN = 1;

/** What reads otherwise today of the time that a sealed record covers: late readings, stays put right, later findings. */
export function changesSince(sealed: Passport, now: Passport): Change[] {
  const until = instant(sealed.computed_at);
  const changes: Change[] = [];
  const add = (what: Change['what'], was: number, is: number, tolerance = 0) => {
    if (Math.abs(was - is) > tolerance) changes.push({ what, was: Math.round(was), is: Math.round(is) });
  };
  add('stays', sealed.stays.length, now.stays.filter(({ from_at }) => instant(from_at) < until).length);
  const done = new Set(sealed.stays.filter(({ to_at }) => to_at !== null).map(({ place, from_at }) => `${place} ${from_at}`));
  const counted = ({ segments }: Passport) => segments.filter(({ place, from_at }) => done.has(`${place} ${from_at}`)).reduce((sum, { readings }) => sum + readings, 0);
  add('readings', counted(sealed), counted(now));
  add('unknown', muteMinutes(sealed.gaps, until), muteMinutes(now.gaps, until), TOLERANCE_MIN);
  add('excursions', outsideMinutes(sealed, until), outsideMinutes(now, until), TOLERANCE_MIN);
  return changes;
}

export interface SinceSeal {
  outsideMin: number;
  unknownMin: number;
}

/** What came after the seal: the road, and where the bag was then. */
export function sinceSeal(sealed: Passport, now: Passport): SinceSeal {
  const until = instant(sealed.computed_at);
  return {
    outsideMin: outsideMinutes(now, Infinity) - outsideMinutes(now, until),
    unknownMin: muteMinutes(now.gaps) - muteMinutes(now.gaps, until),
  };
}

/** Minutes of excursions that count for the bag, up to a moment; one that lasts counts until the record was made. */
function outsideMinutes(passport: Passport, untilMs: number): number {
  const end = Math.min(untilMs, instant(passport.computed_at));
  return passport.excursions.filter(({ verdict }) => verdict === 'outside').reduce((sum, { from_at, to_at }) => sum + overlap(from_at, to_at, end), 0);
}
