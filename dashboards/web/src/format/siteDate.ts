import { DAY_MS } from './time';

export interface SiteDate {
  year: number;
  dayOfYear: number;
  hour: number;
  minute: number;
}

/** The calendar of a moment in the site's time zone, as ISBT 128 writes dates. */
export function siteDate(ms: number, timezone: string): SiteDate {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const year = part('year');
  const dayOfYear = Math.round((Date.UTC(year, part('month') - 1, part('day')) - Date.UTC(year, 0, 1)) / DAY_MS) + 1;
  return { year, dayOfYear, hour: part('hour'), minute: part('minute') };
}

/** The date of a moment in the site's time zone: `2026-11-20`. */
export function siteDay(ms: number, timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms);
}
