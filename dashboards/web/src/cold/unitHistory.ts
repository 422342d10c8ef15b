import type { Envelope, HistoryEvent, HistoryLimits, ProbeHistory } from '../api/types';
import type { MeasuredPoint } from '../charts/temperature';
import { instant, MINUTE_MS } from '../format/time';

export type LinePoint = [number, number | null];

/** The strips above the curve, from top to bottom. */
export const LANES = ['excursion', 'door', 'defrost', 'compressor', 'power', 'suspended', 'reading'] as const;
export type Lane = (typeof LANES)[number];

/** The mean of each step with a hole in every gap: a line never crosses what was not measured. */
export function meanLine(history: ProbeHistory): LinePoint[] {
  const points: LinePoint[] = history.points.map(([ms, , mean]) => [ms, mean]);
  const holes: LinePoint[] = history.gaps.map((gap) => [instant(gap.from_at) + 1, null]);
  return [...points, ...holes].sort((a, b) => a[0] - b[0]);
}

/** The limits that held at a moment; null when none is told. */
export function limitsAt(limits: readonly HistoryLimits[], ms: number): Envelope | null {
  return limits.find(({ from_at, to_at }) => instant(from_at) <= ms && (to_at === null || ms < instant(to_at))) ?? null;
}

/** The points of the mean line, each with the limits of its own time. */
export function judged(history: ProbeHistory): MeasuredPoint[] {
  return history.points.map(([ms, , value]) => ({ ms, value, envelope: limitsAt(history.limits, ms) }));
}

/** Everything that happened, once: what concerns the whole store is told by each of its probes. */
export function eventsOf(histories: readonly ProbeHistory[]): HistoryEvent[] {
  const known = new Map<string, HistoryEvent>();
  for (const event of histories.flatMap(({ events }) => events)) known.set(`${event.kind} ${event.id} ${event.from_at}`, event);
  return [...known.values()].sort((a, b) => instant(a.from_at) - instant(b.from_at));
}

export interface Figures {
  least: number;
  mean: number;
  greatest: number;
}

/** Least, mean (of the steps) and greatest value of a period; null when nothing was measured. */
export function figuresOf(history: ProbeHistory): Figures | null {
  const { points } = history;
  if (points.length === 0) return null;
  return {
    least: Math.min(...points.map(([, least]) => least)),
    mean: points.reduce((sum, [, , mean]) => sum + mean, 0) / points.length,
    greatest: Math.max(...points.map(([, , , greatest]) => greatest)),
  };
}

/** The times for which no probe has a good reading: of what the store did meanwhile nothing is known either. */
export function silences(histories: readonly ProbeHistory[]): [number, number][] {
  const [first, ...others] = histories.map(({ gaps }) => gaps.map((gap): [number, number] => [instant(gap.from_at), instant(gap.to_at)]));
  if (first === undefined) return [];
  return others.reduce((known, gaps) => known.flatMap(([from, to]) => gaps.flatMap(([begin, end]): [number, number][] => {
    const both: [number, number] = [Math.max(from, begin), Math.min(to, end)];
    return both[0] < both[1] ? [both] : [];
  })), first);
}

/** Minutes of the period before now without a good reading. */
export function missingMinutes(history: ProbeHistory, nowMs: number): number {
  return history.gaps.reduce((sum, gap) => sum + Math.max(0, Math.min(nowMs, instant(gap.to_at)) - instant(gap.from_at)), 0) / MINUTE_MS;
}
