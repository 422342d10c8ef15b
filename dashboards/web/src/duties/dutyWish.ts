import type { Duty, DutyDetail, DutyOutcome, TestMethod } from '../api/types';

/** What a person has filled in so far. */
export interface DutyText {
  value: string;
  probe: string | null;
  outcome: DutyOutcome | null;
  method: TestMethod | null;
  startedAt: string | null;
  comment: string;
}

export interface DutyWish {
  value_c?: number;
  probe?: string;
  outcome?: DutyOutcome;
  method?: TestMethod;
  started_at?: string;
  comment: string;
}

/** What still stands in the way of recording a duty. */
export type Missing = 'value' | 'choose' | 'comment';

/** Degrees as people type them: `-31.5`, `4,2`, with a true minus sign; null for anything else. */
export function celsiusOf(typed: string): number | null {
  const plain = typed.trim().replace('\u2212', '-').replace(',', '.');
  return /^-?\d{1,3}(\.\d{1,2})?$/.test(plain) ? Number(plain) : null;
}

export function isPast(duty: Duty): boolean {
  return duty.state === 'missed';
}

/** The body of the request, or the first thing that is missing. */
export function wishOf(duty: DutyDetail, text: DutyText): DutyWish | Missing {
  const comment = text.comment.trim();
  if (isPast(duty)) return comment === '' ? 'comment' : { outcome: 'missed', comment };
  switch (duty.kind) {
    case 'reading': {
      const value = celsiusOf(text.value);
      if (value === null) return 'value';
      if (duty.probes.length > 1 && text.probe === null) return 'choose';
      const probe = text.probe ?? duty.probes[0];
      return { value_c: value, ...(probe === undefined ? {} : { probe }), comment };
    }
    case 'alarm_test': {
      if (text.outcome === null || text.method === null || text.startedAt === null) return 'choose';
      if (text.outcome === 'failed' && comment === '') return 'comment';
      return { outcome: text.outcome, method: text.method, started_at: text.startedAt, comment };
    }
    case 'min_max': {
      const remarkable = duty.ranges.some((range) => range.outside || range.gap_minutes > 0 || range.min_c === null);
      return remarkable && comment === '' ? 'comment' : { outcome: 'signed', comment };
    }
  }
}
