import type { Disposition, DispositionOutcome } from '../api/types';
import { isoSeconds } from '../format/isoSeconds';
import { DAY_MS, instant } from '../format/time';

/** Days after which a shortened shelf life may end; only those before the present expiry are offered. */
const SHORTER_DAYS = [1, 2, 3, 5, 7, 10, 14, 21] as const;
const LEAST_COMMENT = 3;

/** What is decided of a case: the body of the act, and what its signatures hold for. */
export interface Decision {
  outcome: DispositionOutcome;
  comment: string;
  expires_at?: string;
}

/** What a form holds before it is a decision. */
export interface Draft {
  outcome: DispositionOutcome | null;
  comment: string;
  expiresAt: string | null;
}

export type Missing = 'outcome' | 'comment' | 'expiry';

/** What still stands between a draft and a decision; null when nothing does. */
export function missingIn({ outcome, comment, expiresAt }: Draft): Missing | null {
  if (outcome === null) return 'outcome';
  if (outcome === 'release_shortened' && expiresAt === null) return 'expiry';
  return comment.trim().length < LEAST_COMMENT ? 'comment' : null;
}

/** The decision of a draft; an expiry belongs to a shortened shelf life alone. Null while something is missing. */
export function decisionOf(draft: Draft): Decision | null {
  if (draft.outcome === null || missingIn(draft) !== null) return null;
  const decision = { outcome: draft.outcome, comment: draft.comment.trim() };
  return draft.outcome === 'release_shortened' && draft.expiresAt !== null ? { ...decision, expires_at: draft.expiresAt } : decision;
}

export interface Shorter {
  days: number;
  at: string;
}

/** Earlier expiries to choose from, counted from now. */
export function shorterExpiries(item: Pick<Disposition, 'expires_at'>, nowMs: number): Shorter[] {
  return SHORTER_DAYS.filter((days) => nowMs + days * DAY_MS < instant(item.expires_at)).map((days) => ({ days, at: isoSeconds(nowMs + days * DAY_MS) }));
}

/** How many people must sign an outcome of a case; two where the case does not know it. */
export function signersOf(item: Pick<Disposition, 'outcomes'>, outcome: DispositionOutcome): number {
  return item.outcomes.find((one) => one.outcome === outcome)?.people ?? 2;
}
