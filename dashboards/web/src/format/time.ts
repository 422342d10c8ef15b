import type { Language } from '../i18n/language';
import { formatNumber } from './number';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

type Parts = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timezone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timezone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(timezone, formatter);
  }
  return formatter;
}

function partsOf(ms: number, timezone: string): Parts {
  const parts: Parts = { year: '', month: '', day: '', hour: '', minute: '', second: '' };
  for (const { type, value } of formatterFor(timezone).formatToParts(ms)) {
    if (type in parts) parts[type as keyof Parts] = value;
  }
  return parts;
}

/** Epoch milliseconds of an ISO 8601 instant from the API. */
export function instant(iso: string): number {
  return Date.parse(iso);
}

export function formatClock(ms: number, timezone: string, withSeconds = true): string {
  const { hour, minute, second } = partsOf(ms, timezone);
  return withSeconds ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
}

/** `20 Nov` or `11-20`. */
export function formatDay(ms: number, timezone: string, language: Language): string {
  const { month, day } = partsOf(ms, timezone);
  return language === 'zh' ? `${month}-${day}` : `${Number(day)} ${MONTHS[Number(month) - 1] ?? month}`;
}

/** `20 Nov 14:32` or `11-20 14:32`. */
export function formatMoment(ms: number, timezone: string, language: Language): string {
  return `${formatDay(ms, timezone, language)} ${formatClock(ms, timezone, false)}`;
}

/** Only the clock when the moment is on the same site day as `now`, else day and clock. */
export function formatNear(ms: number, now: number, timezone: string, language: Language): string {
  return formatDay(ms, timezone, language) === formatDay(now, timezone, language)
    ? formatClock(ms, timezone)
    : formatMoment(ms, timezone, language);
}

/** Expiry and other dates that must name the year: `20 Nov 2026 23:59` or `2026-11-20 23:59`. */
export function formatFull(ms: number, timezone: string, language: Language): string {
  const { year, month, day, hour, minute } = partsOf(ms, timezone);
  return language === 'zh'
    ? `${year}-${month}-${day} ${hour}:${minute}`
    : `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year} ${hour}:${minute}`;
}

export function formatUtc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const UNITS = { en: { hour: 'h', day: 'd', minute: 'min' }, zh: { hour: '时', day: '天', minute: '分' } } as const;

/** How long something has lasted: `42 s`, `6:12`, `2:06 h`, `2 d`. Negative durations count as zero. */
export function formatAge(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return formatLong(ms, language);
}

/** What is left: `24 min` under an hour, then `2:06 h`, then `2 d`. */
export function formatLeft(ms: number, language: Language): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE_MS));
  return minutes < 60 ? `${minutes} ${UNITS[language].minute}` : formatLong(ms, language);
}

/** Hours and minutes, or whole days. */
export function formatLong(ms: number, language: Language): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 24 * 60) {
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} ${UNITS[language].hour}`;
  }
  return `${formatNumber(Math.floor(minutes / (24 * 60)))} ${UNITS[language].day}`;
}

/** Shelf life: `33 d 9 h`; under a day as time left. */
export function formatShelfLife(ms: number, language: Language): string {
  if (ms < DAY_MS) return formatLeft(ms, language);
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms - days * DAY_MS) / HOUR_MS);
  return `${formatNumber(days)} ${UNITS[language].day} ${hours} ${UNITS[language].hour}`;
}

/** Minutes of an excursion or a gap, as a sentence part. */
export function formatMinutes(minutes: number, language: Language): string {
  return minutes < 1 ? `${Math.round(minutes * 60)} s` : formatLeft(minutes * MINUTE_MS, language);
}
