import type { EnvelopeLimits, LimitVersion } from '../api/types';
import { celsiusOf } from '../duties/dutyWish';

type Side = 'min_c' | 'alert_min_c' | 'alert_max_c' | 'max_c';
type Kind = 'air' | 'load';
export const SIDES: readonly Side[] = ['min_c', 'alert_min_c', 'alert_max_c', 'max_c'];
export const KINDS: readonly Kind[] = ['air', 'load'];
export const TIMES = ['on_delay_s', 'off_delay_s', 'deadband_c', 'count', 'window_s'] as const;
export type Timing = EnvelopeLimits['air'];
type TimingText = Record<(typeof TIMES)[number], string>;

/** What a person has typed of a proposal; an empty side is open. */
export type ProposalText = Record<Side, string> & Record<Kind, TimingText>;

/** What still stands in the way of a proposal. */
export type Missing = 'number' | 'open' | 'order' | 'legal' | 'timing';

export function textOf(limits: EnvelopeLimits): ProposalText {
  const side = (value: number | null) => (value === null ? '' : String(value));
  const timing = (given: Timing): TimingText => ({ on_delay_s: String(given.on_delay_s), off_delay_s: String(given.off_delay_s), deadband_c: String(given.deadband_c), count: String(given.count), window_s: String(given.window_s) });
  return { min_c: side(limits.min_c), alert_min_c: side(limits.alert_min_c), alert_max_c: side(limits.alert_max_c), max_c: side(limits.max_c), air: timing(limits.air), load: timing(limits.load) };
}

/** The limits that the text says, or the first thing wrong with it. The server checks all of it again. */
export function limitsOf(text: ProposalText, legal: LimitVersion['legal']): EnvelopeLimits | Missing {
  const sides = SIDES.map((side) => (text[side].trim() === '' ? null : celsiusOf(text[side])));
  if (SIDES.some((side, nth) => text[side].trim() !== '' && sides[nth] === null)) return 'number';
  const [min = null, alertMin = null, alertMax = null, max = null] = sides;
  if (min === null && max === null) return 'open';
  const given = sides.filter((value) => value !== null);
  if (given.some((value, nth) => nth > 0 && value <= (given[nth - 1] ?? -Infinity))) return 'order';
  if (isWider(min, max, legal)) return 'legal';
  const air = timingOf(text.air);
  const load = timingOf(text.load);
  if (air === null || load === null) return 'timing';
  return { min_c: min, alert_min_c: alertMin, alert_max_c: alertMax, max_c: max, air, load };
}

/** An open side is wider than any number. */
function isWider(min: number | null, max: number | null, legal: LimitVersion['legal']): boolean {
  if (legal.min_c !== null && (min === null || min < legal.min_c)) return true;
  return legal.max_c !== null && (max === null || max > legal.max_c);
}

const MOST_DEADBAND_C = 2;

function timingOf(text: TimingText): Timing | null {
  const whole = (typed: string) => (/^\d{1,5}$/.test(typed.trim()) ? Number(typed) : null);
  const on = whole(text.on_delay_s);
  const off = whole(text.off_delay_s);
  const count = whole(text.count);
  const window = whole(text.window_s);
  const deadband = celsiusOf(text.deadband_c);
  if (on === null || off === null || count === null || window === null || deadband === null) return null;
  if (deadband < 0 || deadband > MOST_DEADBAND_C || (count === 0) !== (window === 0)) return null;
  return { on_delay_s: on, off_delay_s: off, deadband_c: deadband, count, window_s: window };
}

export interface EnvelopeVersions {
  envelope: string;
  /** What holds now; the newest of all where nothing does. */
  now: LimitVersion;
  proposed: LimitVersion[];
  all: LimitVersion[];
}

/** The versions by envelope, in the order told. */
export function byEnvelope(items: readonly LimitVersion[]): EnvelopeVersions[] {
  const groups = new Map<string, LimitVersion[]>();
  for (const one of items) groups.set(one.envelope, [...(groups.get(one.envelope) ?? []), one]);
  return [...groups].flatMap(([envelope, all]) => {
    const now = all.find(({ state }) => state === 'in_force') ?? all[0];
    return now === undefined ? [] : [{ envelope, now, proposed: all.filter(({ state }) => state === 'proposed'), all }];
  });
}
