import type { Return, ReturnedBag } from '../api/types';

/** Bags that have come and that nobody has decided about yet. */
export function toDecide(one: Return): ReturnedBag[] {
  return one.bags.filter(({ state }) => state === 'received');
}

/** Bags that are announced and have not come. */
export function awaited(one: Return): ReturnedBag[] {
  return one.bags.filter(({ state }) => state === 'announced');
}
