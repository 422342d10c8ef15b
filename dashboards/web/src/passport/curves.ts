import type { Passport } from '../api/types';
import { instant } from '../format/time';
import type { Segment } from './record';

/** One step of a curve; null values are a hole that no line crosses. */
export interface CurvePoint {
  ms: number;
  low: number | null;
  high: number | null;
  stepMs: number;
}

/** A step much longer than the usual one is a gap, as on the printed page. */
const STEPS_APART = 3;
const APART_MS = 300_000;

/** The steps of one probe over all its stays, with a hole between two stays and wherever it was silent. */
export function curveOf(segments: readonly Segment[]): CurvePoint[] {
  return segments.flatMap(({ points }) => {
    const usual = points.reduce((least, [ms], nth) => (nth === 0 ? least : Math.min(least, ms - (points[nth - 1]?.[0] ?? ms))), Infinity);
    const stepMs = Number.isFinite(usual) ? usual : 0;
    return points.flatMap(([ms, low, high], nth) => {
      const next = points[nth + 1]?.[0];
      const breaks = next === undefined || next - ms > STEPS_APART * stepMs + APART_MS;
      const point = { ms, low, high, stepMs };
      return breaks ? [point, { ms: ms + Math.max(stepMs, 1), low: null, high: null, stepMs }] : [point];
    });
  });
}

/** The part of a probe's curve that one excursion is: its furthest values, on the side on which it left. */
export function excursionCurve(excursion: Passport['excursions'][number], points: readonly CurvePoint[], endMs: number): [number, number | null][] {
  const from = instant(excursion.from_at);
  const to = excursion.to_at === null ? endMs : instant(excursion.to_at);
  return points.filter(({ ms, stepMs }) => ms + stepMs > from && ms <= to).map(({ ms, low, high }) => [ms, excursion.side === 'above' ? high : low]);
}
