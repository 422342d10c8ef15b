import type { CustodyBag } from '../api/types';

/** The patient a bag went to, else the one it is meant for, else the one it is matched with; null when it is anybody's. */
export function forWhom(bag: CustodyBag): string | null {
  if (bag.issue !== null && bag.issue.ended_at === null) return bag.issue.patient;
  if (bag.intended_for !== null) return bag.intended_for;
  const matched = bag.crossmatches.find((one) => one.counts && one.state === 'compatible');
  return matched?.patient ?? null;
}
