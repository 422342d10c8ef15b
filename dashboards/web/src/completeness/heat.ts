import type { ProbeDay } from '../api/types';
import { DAY_MS } from '../format/time';

/** What the cell of a day says besides its number. */
export type CellState = 'whole' | 'short' | 'poor' | 'none';

const WHOLE = 0.999;
const POOR = 0.95;
const MARK: Record<CellState, string> = { whole: '', short: '◆', poor: '▼', none: '' };

export function cellState(share: number | null): CellState {
  if (share === null) return 'none';
  if (share < POOR) return 'poor';
  return share < WHOLE ? 'short' : 'whole';
}

export function cellMark(share: number | null): string {
  return MARK[cellState(share)];
}

/** Per cent, rounded down so that only a whole day says 100; null is not a number of a day. */
export function shareText(share: number | null, digits = 1): string | null {
  if (share === null) return null;
  if (share >= 1) return '100';
  const unit = 10 ** digits;
  return (Math.floor(share * 100 * unit) / unit).toFixed(digits);
}

const NOT_DUE: readonly ProbeDay['gaps'][number]['reason'][] = ['not_commissioned', 'not_in_use'];

/** What is missing of a day, and the times for which nothing was due. */
export function gapsOf({ gaps }: ProbeDay): { missing: ProbeDay['gaps']; notDue: ProbeDay['gaps'] } {
  return { missing: gaps.filter(({ reason }) => !NOT_DUE.includes(reason)), notDue: gaps.filter(({ reason }) => NOT_DUE.includes(reason)) };
}

/** The day with the most minutes missing; null when nothing is. */
export function worstOf(days: readonly ProbeDay[]): ProbeDay | null {
  return days.reduce<ProbeDay | null>((worst, one) => (one.lost > (worst?.lost ?? 0) ? one : worst), null);
}

export interface HeatRow {
  probe: string;
  name_en: string;
  name_zh: string;
  days: ReadonlyMap<string, ProbeDay>;
}

/** One row for each probe in the order told, with its days by date. */
export function heatOf(days: readonly ProbeDay[]): HeatRow[] {
  const rows = new Map<string, { head: ProbeDay; days: Map<string, ProbeDay> }>();
  for (const one of days) {
    const row = rows.get(one.probe) ?? { head: one, days: new Map<string, ProbeDay>() };
    row.days.set(one.day, one);
    rows.set(one.probe, row);
  }
  return [...rows.values()].map(({ head, days: known }) => ({ probe: head.probe, name_en: head.name_en, name_zh: head.name_zh, days: known }));
}

/** So many UTC dates, the last one that of now. */
export function datesUntil(nowMs: number, days: number): string[] {
  return Array.from({ length: days }, (_, nth) => new Date(nowMs - (days - 1 - nth) * DAY_MS).toISOString().slice(0, 10));
}

/** The meter as rows of a file: one for each day of a probe, and one more for each of its gaps. */
export function csvRows(days: readonly ProbeDay[]): (string | number | null)[][] {
  const head = ['probe', 'day_utc', 'expected_min', 'received_min', 'filled_min', 'lost_min', 'uncertain_min', 'late_readings', 'share', 'gap_from', 'gap_to', 'gap_minutes', 'gap_reason'];
  return [
    head,
    ...days.flatMap((one) => {
      const sums = [one.probe, one.day, one.expected, one.received, one.filled, one.lost, one.uncertain, one.late, one.share];
      return [[...sums, null, null, null, null], ...one.gaps.map((gap) => [one.probe, one.day, null, null, null, null, null, null, null, gap.from_at, gap.to_at, gap.minutes, gap.reason])];
    }),
  ];
}
