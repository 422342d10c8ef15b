import type { Outcome, RecallBag } from './types';

/** Bags that one holder has, or that nobody has any more. */
export interface HolderGroup {
  key: string;
  kind: 'centre' | 'hospital' | 'vehicle' | 'gone';
  holder: string | null;
  bags: RecallBag[];
}

/** Statuses of a bag that exists no more. */
export const GONE: readonly string[] = ['CONSUMED', 'DISCARDED', 'LOST'];
const ORDER: readonly HolderGroup['kind'][] = ['hospital', 'vehicle', 'centre', 'gone'];

/** By who has them: hospitals first, where patients are nearest; a bag on the road counts for its vehicle. */
export function byHolder(bags: readonly RecallBag[]): HolderGroup[] {
  const groups = new Map<string, HolderGroup>();
  for (const bag of bags) {
    const { kind, holder } = holderOf(bag);
    const key = `${kind}/${holder ?? ''}`;
    const group = groups.get(key) ?? { key, kind, holder, bags: [] };
    group.bags.push(bag);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.key.localeCompare(b.key));
}

function holderOf(bag: RecallBag): Pick<HolderGroup, 'kind' | 'holder'> {
  if (GONE.includes(bag.status)) return { kind: 'gone', holder: null };
  if (bag.status === 'IN_TRANSIT' && bag.vehicle !== null) return { kind: 'vehicle', holder: bag.vehicle };
  if (bag.hospital !== null) return { kind: 'hospital', holder: bag.hospital };
  return { kind: 'centre', holder: null };
}

/** Outcomes that every one of these bags can have now, in the order in which the API lists them. */
export function commonOutcomes(bags: readonly RecallBag[]): Outcome[] {
  const [first, ...others] = bags;
  return (first?.possible_outcomes ?? []).filter((outcome) => others.every((bag) => bag.possible_outcomes.includes(outcome)));
}
