import { siteDate } from '../format/siteDate';
import { DAY_MS, HOUR_MS } from '../format/time';

const STEPS_H = [1, 2, 4, 8, 12, 24, 48, 96, 168, 336, 720];
const MOST = 10;

/** Round hours of the site's clock between two moments, few enough to be read. */
export function siteTicks(fromMs: number, toMs: number, timezone: string): number[] {
  const stepH = STEPS_H.find((hours) => (toMs - fromMs) / (hours * HOUR_MS) <= MOST) ?? 720;
  const { hour, minute } = siteDate(fromMs, timezone);
  const sinceMidnight = hour * HOUR_MS + minute * 60_000 + (fromMs % 60_000);
  const step = stepH * HOUR_MS;
  const first = fromMs - sinceMidnight + Math.ceil(sinceMidnight / Math.min(step, DAY_MS)) * Math.min(step, DAY_MS);
  const ticks = [];
  for (let tick = first; tick <= toMs; tick += step) ticks.push(tick);
  return ticks;
}
