import type { Passport } from '../api/types';
import { instant, MINUTE_MS } from '../format/time';

export type Stay = Passport['stays'][number];
export type Segment = Passport['segments'][number];
export type Gap = Passport['gaps'][number];
export type RecordLimit = Passport['limits'][number];
export type Verdict = Passport['verdict'];

const BOX = 'box/';
const KINDS: readonly RecordLimit['kind'][] = ['legal', 'absolute', 'place', 'alert'];

/** A stay in a transport box: the box's logger speaks for it. */
export function isLeg({ place }: Pick<Stay, 'place'>): boolean {
  return place.startsWith(BOX);
}

/** What each probe said of one stay, the probes that follow the blood first. */
export function heardAt(segments: readonly Segment[], stay: Stay): Segment[] {
  return segments
    .filter(({ place, from_at }) => place === stay.place && from_at === stay.from_at)
    .sort((a, b) => Number(b.probe_kind === 'load') - Number(a.probe_kind === 'load') || a.probe.localeCompare(b.probe));
}

/** All probes of a record, those that follow the blood first: they say how it is. */
export function probesOf(segments: readonly Segment[]): string[] {
  const load = segments.filter(({ probe_kind }) => probe_kind === 'load');
  return [...new Set([...load, ...segments].map(({ probe }) => probe))];
}

/** A gap in which not even the probe beside the core spoke: nobody knows, whatever the band. */
export function isMute({ basis }: Pick<Gap, 'basis'>): boolean {
  return basis !== 'neighbour';
}

/** Minutes of which nobody can say how warm it was, up to a moment. */
export function muteMinutes(gaps: readonly Gap[], untilMs = Infinity): number {
  return gaps.filter(isMute).reduce((sum, gap) => sum + overlap(gap.from_at, gap.to_at, untilMs), 0);
}

/** Minutes of a span that lie before a moment. */
export function overlap(fromAt: string, toAt: string | null, untilMs: number): number {
  const end = Math.min(toAt === null ? untilMs : instant(toAt), untilMs);
  return Math.max(0, end - instant(fromAt)) / MINUTE_MS;
}

/** Limits that were passed stand first, then the law's, the absolute ones, and those of the places. */
export function byWeight(limits: readonly RecordLimit[]): RecordLimit[] {
  const rank = ({ kind }: RecordLimit) => KINDS.indexOf(kind);
  return [...limits].sort((a, b) => Number(b.minutes > 0) - Number(a.minutes > 0) || rank(a) - rank(b) || instant(a.from_at) - instant(b.from_at) || a.value_c - b.value_c);
}

export interface RangeSpan {
  fromMs: number;
  toMs: number;
  min_c: number | null;
  max_c: number | null;
}

/** The range that the component is permitted, span by span: storage, then transport. */
export function permittedSpans(limits: readonly RecordLimit[]): RangeSpan[] {
  const spans = new Map<string, RangeSpan>();
  for (const { kind, side, value_c: value, from_at: from, to_at: to } of limits) {
    if (kind !== 'legal') continue;
    const key = `${from} ${to}`;
    const span = spans.get(key) ?? { fromMs: instant(from), toMs: instant(to), min_c: null, max_c: null };
    if (side === 'below') span.min_c = Math.max(span.min_c ?? -Infinity, value);
    else span.max_c = Math.min(span.max_c ?? Infinity, value);
    spans.set(key, span);
  }
  return [...spans.values()];
}

/** The name of each place of a record: a hospital reads it without the plan of the centre. */
export function namesOf(stays: readonly Stay[], name: (stay: Stay) => string): (place: string) => string {
  const known = new Map(stays.map((stay) => [stay.place, name(stay)]));
  return (place) => known.get(place) ?? place;
}

/** The range and version that a limit of our own names as its source (`limits of cold, version 2`); null for a cited one. */
export function versionOf(source: string): { envelope: string; version: number } | null {
  const found = /^limits of (\S+), version (\d+)$/.exec(source);
  return found === null ? null : { envelope: found[1] ?? '', version: Number(found[2]) };
}
