import type { Calibration } from '../api/types';
import { celsiusOf } from '../duties/dutyWish';
import { DAY_MS } from '../format/time';

/** What a person has typed of a certificate. */
export interface CertificateText {
  certificate: string;
  laboratory: string;
  made_on: string;
  due_on: string;
  offset_c: string;
  uncertainty_c: string;
}

export const EMPTY: CertificateText = { certificate: '', laboratory: '', made_on: '', due_on: '', offset_c: '', uncertainty_c: '' };

export interface CertificateWish {
  probe: string;
  certificate: string;
  laboratory: string;
  made_on: string;
  due_on: string;
  offset_c: number;
  uncertainty_c: number;
}

const MOST_OFFSET_C = 2;
const MOST_UNCERTAINTY_C = 1;
const LONGEST_DAYS = 5 * 366;

/** A date of the calendar as it is written everywhere here; null for anything else, also for 31 February. */
export function dateOf(typed: string): string | null {
  const date = typed.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  const ms = Date.parse(date);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? null : date;
}

/** The body of the request, or the first field that is missing or cannot be true; `today` is a date of the site. */
export function certificateOf(probe: string, text: CertificateText, today: string): CertificateWish | keyof CertificateText {
  const certificate = text.certificate.trim();
  const laboratory = text.laboratory.trim();
  const offset = celsiusOf(text.offset_c);
  const uncertainty = celsiusOf(text.uncertainty_c);
  if (certificate === '') return 'certificate';
  if (laboratory === '') return 'laboratory';
  const made = dateOf(text.made_on);
  if (made === null || made > today) return 'made_on';
  const due = dateOf(text.due_on);
  const days = due === null ? 0 : (Date.parse(due) - Date.parse(made)) / DAY_MS;
  if (due === null || days <= 0 || days > LONGEST_DAYS) return 'due_on';
  if (offset === null || Math.abs(offset) > MOST_OFFSET_C) return 'offset_c';
  if (uncertainty === null || uncertainty <= 0 || uncertainty > MOST_UNCERTAINTY_C) return 'uncertainty_c';
  return { probe, certificate, laboratory, made_on: made, due_on: due, offset_c: offset, uncertainty_c: uncertainty };
}

const ORDER: Record<Calibration['state'], number> = { overdue: 0, none: 1, due: 2, valid: 3 };

/** What needs a laboratory first; among the same state the one that is due soonest. */
export function byNeed(items: readonly Calibration[]): Calibration[] {
  return [...items].sort((a, b) => ORDER[a.state] - ORDER[b.state] || (a.days_left ?? 0) - (b.days_left ?? 0));
}
