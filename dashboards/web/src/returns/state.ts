import type { Return, ReturnedBag } from '../api/types';

/** It is here, and its last word is not spoken: just come, or resting in quarantine. */
export function isOpen(bag: ReturnedBag): boolean {
  return bag.state === 'received' || bag.state === 'quarantined';
}

/** Bags that have come and that nobody has decided about yet. */
export function toDecide(one: Return): ReturnedBag[] {
  return one.bags.filter(({ state }) => state === 'received');
}

/** Bags that are announced and have not come. */
export function awaited(one: Return): ReturnedBag[] {
  return one.bags.filter(({ state }) => state === 'announced');
}
