import { DAY_MS, HOUR_MS } from '../format/time';

export const RANGES = ['6h', '24h', '7d', '40d'] as const;
export type Range = (typeof RANGES)[number];

interface Span {
  ms: number;
  /** The step asked for; from a minute on the answer comes from roll-ups, from an hour on from hours. */
  stepS: number;
}

export const SPAN: Record<Range, Span> = {
  '6h': { ms: 6 * HOUR_MS, stepS: 60 },
  '24h': { ms: DAY_MS, stepS: 120 },
  '7d': { ms: 7 * DAY_MS, stepS: 900 },
  '40d': { ms: 40 * DAY_MS, stepS: 3600 },
};

const LEAST_S = 300;

/** The end of the period: the next border of so many full steps as make five minutes, so that the chart does not ask again with every tick. */
export function endOf(nowMs: number, range: Range): number {
  const { stepS } = SPAN[range];
  const stepMs = Math.ceil(LEAST_S / stepS) * stepS * 1000;
  return Math.ceil(nowMs / stepMs) * stepMs;
}
