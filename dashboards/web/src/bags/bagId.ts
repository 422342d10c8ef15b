/** The donation number in a bag's id. */
export function dinOfBag(bag: string): string {
  return bag.split('-')[0] ?? bag;
}

/** The product code, with its division, in a bag's id. */
export function productOfBag(bag: string): string {
  return bag.slice(dinOfBag(bag).length + 1);
}
