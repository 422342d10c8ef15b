import { dinOf, productOf } from '../bags/scanText';

/** A bag that was read from its label: its id, and both codes as they were read. */
export interface ReadBag {
  id: string;
  din_scan: string;
  product_scan: string;
}

export type Pairing =
  | { kind: 'bag'; bag: ReadBag }
  | { kind: 'din'; din: string }
  | { kind: 'wrong'; why: 'none' | 'no_din' };

const BAG_ID = /^([A-NP-Z1-9]\d{12})-([A-Z]\d{4}[A-Z0-9]{3})$/i;

/** What one more label means after `waiting`, the donation code that still lacks its product. */
export function pair(waiting: string | null, scanned: string): Pairing {
  const text = scanned.trim();
  const id = BAG_ID.exec(text);
  if (id?.[1] !== undefined && id[2] !== undefined) {
    const din = id[1].toUpperCase();
    const product = id[2].toUpperCase();
    return { kind: 'bag', bag: { id: `${din}-${product}`, din_scan: din, product_scan: product } };
  }
  if (dinOf(text) !== null) return { kind: 'din', din: text };
  const product = productOf(text);
  if (product === null) return { kind: 'wrong', why: 'none' };
  const din = dinOf(waiting ?? '');
  if (waiting === null || din === null) return { kind: 'wrong', why: 'no_din' };
  return { kind: 'bag', bag: { id: `${din}-${product}`, din_scan: waiting, product_scan: text } };
}

/** A list with one more bag; a bag read twice is one bag. */
export function withBag(list: readonly ReadBag[], bag: ReadBag): readonly ReadBag[] {
  return list.some(({ id }) => id === bag.id) ? list : [...list, bag];
}
