import type { DonationTests, LaboratoryTest, StoredResult } from '../api/types';

/** What one raw value means by the algorithm: in order, to be repeated, or not. A value nobody knows is never in order. */
export type ValueTone = 'plain' | 'repeat' | 'high';

export function toneOfValue(test: LaboratoryTest | undefined, value: string): ValueTone {
  if (test === undefined) return 'repeat';
  if (test.kind === 'group') return 'plain';
  if (test.kind === 'limit') {
    const number = Number(value);
    if (!Number.isFinite(number)) return 'repeat';
    return test.max !== null && number > test.max.value ? 'high' : 'plain';
  }
  if (test.not_negative.includes(value)) return 'high';
  return test.negative.includes(value) && !test.repeat.includes(value) ? 'plain' : 'repeat';
}

export interface Run {
  run: string;
  results: StoredResult[];
}

/** Raw results by laboratory run, the first run first; within a run as they came. */
export function runsOf(results: readonly StoredResult[]): Run[] {
  const runs = new Map<string, StoredResult[]>();
  for (const result of [...results].sort((a, b) => a.at.localeCompare(b.at))) {
    const known = runs.get(result.run);
    if (known === undefined) runs.set(result.run, [result]);
    else known.push(result);
  }
  return [...runs].map(([run, found]) => ({ run, results: found }));
}

/** What stands between a donation and its release by its tests: how many things are missing, to repeat or wrong. */
export function openPoints(donation: DonationTests): number {
  return donation.missing.length + donation.repeat.length + donation.faults.length;
}
