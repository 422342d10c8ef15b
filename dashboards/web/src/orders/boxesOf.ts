import type { Shipment } from '../api/types';

/** A box of a shipment as a hospital unpacks it; `null` holds what lies in no box that is known. */
export interface UnpackedBox {
  box: Shipment['boxes'][number] | null;
  bags: Shipment['bags'];
}

/** The bags of a shipment by box; each bag stands in exactly one of them. */
export function boxesOf(shipment: Shipment): UnpackedBox[] {
  const boxed = shipment.boxes.map((box) => ({ box, bags: shipment.bags.filter(({ bag }) => box.bags.includes(bag)) }));
  const known = new Set(shipment.boxes.flatMap(({ bags }) => bags));
  const loose = shipment.bags.filter(({ bag }) => !known.has(bag));
  return [...boxed.filter(({ bags }) => bags.length > 0), ...(loose.length === 0 ? [] : [{ box: null, bags: loose }])];
}

/** Is the bag here already? */
export function isHere(bag: Shipment['bags'][number]): boolean {
  return bag.status !== 'IN_TRANSIT' && bag.status !== 'PACKED';
}

/** Read bags that belong to none of the shipments of this hospital, those that it has received included. */
export function strangers(read: ReadonlySet<string>, shipments: readonly Shipment[]): string[] {
  const expected = new Set(shipments.flatMap(({ bags }) => bags.map(({ bag }) => bag)));
  return [...read].filter((bag) => !expected.has(bag));
}
