import type { PlantView } from '../api/types';

type Place = PlantView['places'][number];

/** A rectangle in pixels of the plan. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** The plan at a size: every drawn place as a box in pixels, by its path. */
export interface Layout {
  width: number;
  height: number;
  boxes: ReadonlyMap<string, Box>;
}

const MARGIN_M = 1;
const GAP_PX = 3;

/** Fit the areas of the plant document (metres) into a width; the height follows, as all scales are equal. */
export function layoutOf(places: readonly Place[], width: number): Layout {
  const drawn = places.filter((place) => place.area !== null);
  const edges = drawn.map(({ area }) => rectangle(area));
  const right = Math.max(1, ...edges.map(({ left, width: wide }) => left + wide));
  const bottom = Math.max(1, ...edges.map(({ top, height }) => top + height));
  const scale = width / (right + 2 * MARGIN_M);
  const boxes = new Map(
    drawn.map((place) => {
      const area = rectangle(place.area);
      return [
        place.path,
        {
          left: (area.left + MARGIN_M) * scale,
          top: (area.top + MARGIN_M) * scale,
          width: area.width * scale - GAP_PX,
          height: area.height * scale - GAP_PX,
        },
      ];
    }),
  );
  return { width, height: (bottom + 2 * MARGIN_M) * scale, boxes };
}

/** Where the bags of a path are drawn: its own box, or that of the nearest drawn ancestor. */
export function boxOf(layout: Layout, path: string): Box | null {
  for (let probe = path; probe !== ''; probe = probe.slice(0, Math.max(0, probe.lastIndexOf('/')))) {
    const box = layout.boxes.get(probe);
    if (box) return box;
  }
  return null;
}

export function centre(box: Box): Point {
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/** The way between two places: along the aisle first, then across, so that belts run square to each other. */
export function way(from: Box, to: Box): Point[] {
  const a = centre(from);
  const b = centre(to);
  if (Math.abs(a.x - b.x) < 2 || Math.abs(a.y - b.y) < 2) return [a, b];
  return [a, { x: a.x, y: b.y }, b];
}

/** The point at a share (0 to 1) of a way's length. */
export function along(points: readonly Point[], share: number): Point {
  const lengths = points.slice(1).map((point, index) => distance(points[index] ?? point, point));
  let left = Math.max(0, Math.min(1, share)) * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, length] of lengths.entries()) {
    const a = points[index];
    const b = points[index + 1];
    if (!a || !b) break;
    if (left <= length && length > 0) return { x: a.x + ((b.x - a.x) * left) / length, y: a.y + ((b.y - a.y) * left) / length };
    left -= length;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function rectangle(area: readonly number[] | null): Box {
  const [left = 0, top = 0, width = 0, height = 0] = area ?? [];
  return { left, top, width, height };
}
