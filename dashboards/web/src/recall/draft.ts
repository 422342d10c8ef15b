import type { RecallScopeRequest } from './types';

export const SUBJECTS = ['din', 'donor', 'batch', 'device', 'place'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** What somebody has named so far, as typed; the times are instants. */
export interface Draft {
  subject: Subject;
  given: string;
  from: string | null;
  to: string | null;
}

export const hasWindow = (subject: Subject): boolean => subject === 'device' || subject === 'place';

/** A donation number without the blanks, flags and check character of its label; null while it is none. */
export function dinOf(given: string): string | null {
  const text = given.replace(/\s/g, '').toUpperCase().replace(/^=/, '');
  return /^[A-NP-Z1-9][0-9A-NP-Z]{4}\d{8}/.test(text) ? text.slice(0, 13) : null;
}

/** What is missing before the scope can be asked about: a key of `recall.needs`, or null. */
export function missingIn({ subject, given, from, to }: Draft): string | null {
  if (subject === 'din' ? dinOf(given) === null : given.trim() === '') return subject;
  if (!hasWindow(subject)) return null;
  if (from === null) return 'window';
  return to !== null && Date.parse(to) <= Date.parse(from) ? 'windowOrder' : null;
}

/** The scope as the API takes it, or null while something is missing. */
export function scopeOf(draft: Draft): RecallScopeRequest | null {
  if (missingIn(draft) !== null) return null;
  const { subject, given, from, to } = draft;
  const value = subject === 'din' ? (dinOf(given) ?? '') : given.trim();
  return { [subject]: value, ...(hasWindow(subject) ? { from_at: from, to_at: to } : {}) };
}
