import type { Absence, RotaShift } from '../api/types';
import { instant, MINUTE_MS } from '../format/time';

export const POSITIONS = ['operator', 'shift_lead', 'quality', 'engineer'] as const satisfies readonly RotaShift['position'][];
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const WEEK_MIN = 7 * 24 * 60;

/** `08:30` as minutes of the day; null for anything else. */
export function minutesOf(time: string): number | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time.trim());
  return found === null ? null : Number(found[1]) * 60 + Number(found[2]);
}

/** How far the week of the site has run, in minutes since Monday 00:00. */
export function minuteOfWeek(ms: number, timezone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hourCycle: 'h23', weekday: 'short', hour: 'numeric', minute: 'numeric' });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.get('weekday') ?? '');
  return day * 24 * 60 + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
}

export interface NextTurn {
  atMs: number;
  person: string;
}

/**
 * When somebody who is not on duty for a position now takes over within a week; null when nobody does. Who is away then gives the
 * turn to the substitute. A night in which the clocks change moves it by that hour: the site's own clock decides.
 */
export function nextTurn(shifts: readonly RotaShift[], absences: readonly Absence[], position: RotaShift['position'], onDuty: readonly string[], nowMs: number, timezone: string): NextTurn | null {
  const here = minuteOfWeek(nowMs, timezone);
  const minute = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const turns = shifts.filter((shift) => shift.position === position).flatMap((shift) =>
    shift.weekdays.flatMap((weekday) => {
      const begins = minutesOf(shift.from_time);
      if (begins === null) return [];
      const wait = ((weekday - 1) * 24 * 60 + begins - here + WEEK_MIN) % WEEK_MIN || WEEK_MIN;
      const atMs = minute + wait * MINUTE_MS;
      const person = [shift.person, shift.substitute].find((name) => name != null && !isAway(absences, name, atMs));
      return person == null || onDuty.includes(person) ? [] : [{ atMs, person }];
    }),
  );
  return turns.sort((a, b) => a.atMs - b.atMs)[0] ?? null;
}

function isAway(absences: readonly Absence[], person: string, ms: number): boolean {
  return absences.some((one) => one.person === person && instant(one.from_at) <= ms && ms < instant(one.to_at));
}

/** Weekdays as spans that follow each other: `[1,2,3,5]` is Monday to Wednesday, and Friday. */
export function weekdaySpans(weekdays: readonly number[]): [number, number][] {
  const spans: [number, number][] = [];
  for (const day of [...weekdays].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && day === last[1] + 1) last[1] = day;
    else spans.push([day, day]);
  }
  return spans;
}

/** Does a turn go over midnight? Equal times are the whole day. */
export function isOverMidnight(shift: RotaShift): boolean {
  return shift.from_time > shift.to_time;
}

/** What a person has filled in of a turn. */
export interface ShiftText {
  position: RotaShift['position'];
  person: string;
  substitute: string;
  weekdays: readonly number[];
  from: string;
  to: string;
}

export const NEW_SHIFT: ShiftText = { position: 'operator', person: '', substitute: '', weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '20:00' };

export function textOf(shift: RotaShift): ShiftText {
  return { position: shift.position, person: shift.person, substitute: shift.substitute ?? '', weekdays: shift.weekdays, from: shift.from_time, to: shift.to_time };
}

export type ShiftNeeds = 'person' | 'substitute' | 'weekdays' | 'time';

/** The turn, or the first thing that is wrong with it. */
export function shiftOf(text: ShiftText): RotaShift | ShiftNeeds {
  const person = text.person.trim();
  const substitute = text.substitute.trim();
  if (person === '') return 'person';
  if (substitute === person) return 'substitute';
  if (text.weekdays.length === 0) return 'weekdays';
  if (minutesOf(text.from) === null || minutesOf(text.to) === null) return 'time';
  return { position: text.position, person, substitute: substitute === '' ? null : substitute, weekdays: [...text.weekdays].sort((a, b) => a - b), from_time: text.from.trim(), to_time: text.to.trim() };
}

/** Everybody whom the rota, a channel or a duty names: what a person is likely to type. */
export function knownPeople(...names: readonly (readonly (string | null | undefined)[])[]): string[] {
  return [...new Set(names.flat().filter((name): name is string => name != null && name !== ''))].sort();
}
