import { describe, expect, test } from 'vitest';
import { byWeight, exposureTone, type Exposure } from '../src/bags/exposure';
import { boxBeside, layoutFamily } from '../src/bags/familyLayout';
import type { Bag } from '../src/api/types';

type Family = Bag['family'];

const member = (id: string, din: string): Family['nodes'][number] => ({ id, din, component: 'RBC_S', group: 'O+', status: 'AVAILABLE', place: null });
const edge = (parent: string, child: string, operation: string | null = 'separate') => ({ parent, child, operation });

/** Two donations; the platelets of both became one pool, which was split. */
const POOLED: Family = {
  nodes: [member('w1', 'd1'), member('r1', 'd1'), member('p1', 'd1'), member('w2', 'd2'), member('p2', 'd2'), member('pool', 'd3'), member('half', 'd3')],
  edges: [edge('w1', 'r1'), edge('w1', 'p1'), edge('w2', 'p2'), edge('p1', 'pool', 'pool'), edge('p2', 'pool', 'pool'), edge('pool', 'half', 'split')],
  is_cut: false,
};

describe('the drawing of a family', () => {
  const drawing = layoutFamily(POOLED);
  const box = (id: string) => drawing.boxes.find((one) => one.id === id);
  test('every bag stands right of all that it was made from', () => {
    for (const { from, to } of drawing.links) expect(box(from)?.column).toBeLessThan(box(to)?.column ?? 0);
  });
  test('no two boxes stand on one another', () => {
    const places = drawing.boxes.map(({ column, row }) => `${column}/${row}`);
    expect(new Set(places).size).toBe(places.length);
  });
  test('it begins with one box for each donation, and has every bag once', () => {
    expect(drawing.boxes.filter(({ bag }) => bag === null).map(({ din }) => din)).toEqual(['d1', 'd2']);
    expect(drawing.boxes.filter(({ bag }) => bag !== null)).toHaveLength(POOLED.nodes.length);
  });
  test('an operation is said once at the bag that it was done to', () =>
    expect(drawing.links.filter(({ from, named }) => from === 'w1' && named)).toHaveLength(1));
  test('arrow keys walk along the lines and within a column', () => {
    expect(boxBeside(drawing, 'pool', 'ArrowRight')).toBe('half');
    expect(['p1', 'p2']).toContain(boxBeside(drawing, 'pool', 'ArrowLeft'));
    expect(boxBeside(drawing, 'w1', 'ArrowDown')).toBe('w2');
    expect(boxBeside(drawing, 'half', 'ArrowRight')).toBeNull();
    expect(boxBeside(drawing, 'nobody', 'ArrowLeft')).toBeNull();
  });
  test('a bag alone is its donation and itself', () => {
    const alone = layoutFamily({ nodes: [member('w1', 'd1')], edges: [], is_cut: false });
    expect([alone.columns, alone.rows]).toEqual([2, 1]);
  });
  test('a circle, which cannot be, is drawn all the same', () => {
    const circle = layoutFamily({ nodes: [member('a', 'd1'), member('b', 'd1')], edges: [edge('a', 'b'), edge('b', 'a')], is_cut: false });
    expect(circle.boxes.filter(({ bag }) => bag !== null)).toHaveLength(2);
  });
  test('a line to a bag that was cut off is left out', () =>
    expect(layoutFamily({ nodes: [member('a', 'd1')], edges: [edge('a', 'gone')], is_cut: true }).links).toHaveLength(1));
});

describe('the out-of-control clock', () => {
  const clock: Exposure = { minutes_total: 12, minutes_unknown: 0, longest_min: 7, running: false, events: [], verdict: 'ok', until: null, detail: '', source: 'x', status: 'V' };
  test('what nobody can judge is never quiet', () => {
    expect(exposureTone(clock)).toBe('label');
    expect(exposureTone({ ...clock, verdict: 'unknown' })).toBe('warning');
    expect(exposureTone({ ...clock, verdict: 'not_for_reissue' })).toBe('high');
    expect(exposureTone({ ...clock, running: true })).toBe('warning');
  });
  test('what lasts stands first, then the longest', () => {
    const event = (out: string, minutes: number, inAt: string | null) => ({ out_at: out, in_at: inAt, minutes, max_c: null, cause: 'handling' as const, place: 'dock' });
    const sorted = byWeight([event('a', 3, 'x'), event('b', 9, 'x'), event('c', 1, null)]);
    expect(sorted.map(({ out_at: at }) => at)).toEqual(['c', 'b', 'a']);
  });
});
