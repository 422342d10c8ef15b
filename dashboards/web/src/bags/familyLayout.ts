import type { Bag } from '../api/types';

type Family = Bag['family'];
type Member = Family['nodes'][number];

/** A box of the drawing: a donation, or a bag. Columns count from the needle, rows from the top and may lie between two. */
export interface FamilyBox {
  id: string;
  din: string;
  /** Null for the donation itself. */
  bag: Member | null;
  column: number;
  row: number;
}

export interface FamilyLink {
  from: string;
  to: string;
  operation: string | null;
  /** Is it the first line of this operation at either of its ends? Only that one says so. */
  named: boolean;
}

export interface FamilyDrawing {
  boxes: FamilyBox[];
  links: FamilyLink[];
  columns: number;
  rows: number;
}

const donationId = (din: string): string => `donation/${din}`;

/** Where each donation and each bag of a family stands: parents left of what they became, every branch in rows of its own. */
export function layoutFamily(family: Family): FamilyDrawing {
  const members = new Map(family.nodes.map((node) => [node.id, node]));
  const edges = family.edges.filter(({ parent, child }) => members.has(parent) && members.has(child));
  const made = new Set(edges.map(({ child }) => child));
  const roots = family.nodes.filter(({ id }) => !made.has(id));
  const links: FamilyLink[] = [
    ...roots.map(({ id, din }) => ({ from: donationId(din), to: id, operation: null, named: false })),
    ...edges.map(({ parent, child, operation }) => ({ from: parent, to: child, operation, named: false })),
  ];
  nameOnce(links);
  const dins = [...new Set(roots.map(({ din }) => din))].sort();
  const columns = columnsOf(dins.map(donationId), links);
  const rows = rowsOf(dins.map(donationId), links);
  const boxes = [
    ...dins.map((din) => ({ id: donationId(din), din, bag: null })),
    ...family.nodes.map((bag) => ({ id: bag.id, din: bag.din, bag })),
  ].map((box) => ({ ...box, column: columns.get(box.id) ?? 0, row: rows.get(box.id) ?? 0 }));
  boxes.sort((a, b) => a.column - b.column || a.row - b.row);
  return { boxes, links, columns: Math.max(0, ...boxes.map(({ column }) => column)) + 1, rows: Math.max(0, ...boxes.map(({ row }) => row)) + 1 };
}

function nameOnce(links: FamilyLink[]): void {
  const said = new Set<string>();
  for (const link of links) {
    const keys = [`from ${link.from} ${link.operation ?? ''}`, `to ${link.to} ${link.operation ?? ''}`];
    link.named = link.operation !== null && keys.every((key) => !said.has(key));
    for (const key of keys) said.add(key);
  }
}

/** The longest way from a donation: whatever was made of a bag stands right of it. A circle, which cannot be, ends the walk. */
function columnsOf(roots: readonly string[], links: readonly FamilyLink[]): Map<string, number> {
  const columns = new Map(roots.map((id) => [id, 0]));
  for (let step = 0; step <= links.length; step++) {
    let moved = false;
    for (const { from, to } of links) {
      const column = (columns.get(from) ?? 0) + 1;
      if (column > (columns.get(to) ?? 0)) {
        columns.set(to, column);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return columns;
}

/** Each end of a branch takes the next row, each bag before it the middle of its own; a pool stands with its first parent. */
function rowsOf(roots: readonly string[], links: readonly FamilyLink[]): Map<string, number> {
  const rows = new Map<string, number>();
  const children = new Map<string, string[]>();
  for (const { from, to } of links) children.set(from, [...(children.get(from) ?? []), to]);
  let next = 0;
  const seen = new Set<string>();
  const place = (id: string): number => {
    seen.add(id);
    const own: number[] = [];
    for (const child of [...(children.get(id) ?? [])].sort()) if (!seen.has(child)) own.push(place(child));
    const row = own.length === 0 ? next++ : ((own[0] ?? 0) + (own.at(-1) ?? 0)) / 2;
    rows.set(id, row);
    return row;
  };
  for (const root of roots) place(root);
  return rows;
}

/** The box that an arrow key leads to from this one, or null: along the lines sideways, to the nearest box of the column up and down. */
export function boxBeside(drawing: FamilyDrawing, id: string, key: string): string | null {
  const box = drawing.boxes.find((one) => one.id === id);
  if (box === undefined) return null;
  const rowOf = (other: string) => drawing.boxes.find((one) => one.id === other)?.row ?? 0;
  const nearest = (ids: string[]) => ids.sort((a, b) => Math.abs(rowOf(a) - box.row) - Math.abs(rowOf(b) - box.row))[0] ?? null;
  if (key === 'ArrowLeft') return nearest(drawing.links.filter(({ to }) => to === id).map(({ from }) => from));
  if (key === 'ArrowRight') return nearest(drawing.links.filter(({ from }) => from === id).map(({ to }) => to));
  const way = key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : 0;
  if (way === 0) return null;
  return nearest(drawing.boxes.filter((one) => one.column === box.column && Math.sign(one.row - box.row) === way).map((one) => one.id));
}
