import { describe, expect, test } from 'vitest';
import type { Batch, Consignment, ConsignmentItem } from '../src/api/types';
import { openItems, openQuestions } from '../src/intake/counts';
import { digitsOf, groupsOf, measureScale, measureTone } from '../src/preparation/measures';
import { ENGINEER, HOSPITAL, rowOf, ROWS, WATCH } from '../src/shell/places';

describe('a consignment', () => {
  const item = (id: number, state: ConsignmentItem['state'], answered = false): ConsignmentItem => ({
    id, din: null, epc: null, bag: null, state, acts: [], resolved: answered ? { act: 'accept', by: 'ann', at: '2026-11-20T08:00:00Z', comment: 'ours' } : null,
  });
  const consignment = { items: [item(1, 'received'), item(2, 'missing'), item(3, 'extra', true), item(4, 'unknown'), item(5, 'missing')] } as Consignment;
  test('asks only about numbers that are not as announced and that nobody has answered for', () => {
    expect(openItems(consignment, 'missing').map(({ id }) => id)).toEqual([2, 5]);
    expect(openItems(consignment, 'extra')).toEqual([]);
    expect(openQuestions(consignment)).toBe(3);
  });
});

describe('a measure in its band', () => {
  const measure = (value: number) => ({ name: 'dose_min', value, unit: 'Gy', min: 25, max: null });
  const units: Batch['units'] = [28.1, 24.2].map((value, index) => ({ parents: [`b${index}`], child: `c${index}`, outcome: 'done', reason: '', measures: [measure(value)] }));
  test('siblings share one scale that shows every value and every limit', () => {
    const [group] = groupsOf(units);
    expect(group?.rows.map(({ value }) => value)).toEqual([28.1, 24.2]);
    expect(group?.scale.min).toBeLessThan(24.2);
    expect(group?.scale.max).toBeGreaterThan(28.1);
  });
  test('what cannot be negative is not drawn below zero', () => expect(measureScale({ min: null, max: 1 }, [0, 0.2]).min).toBe(0));
  test('below the minimum is low, above the maximum high, on the limit normal', () => {
    expect([24.9, 25, 60].map((value) => measureTone({ min: 25, max: 50 }, value))).toEqual(['low', 'normal', 'high']);
  });
  test('three figures tell a value from its limit', () => expect([0.284, 28.4, 284].map(digitsOf)).toEqual([2, 1, 0]));
});

describe('the bar', () => {
  const centre = [...WATCH, ...ROWS.flatMap((row) => row.places), ...ENGINEER];
  test.each([['the centre', centre], ['a hospital', HOSPITAL]])('no two screens of %s share an address, a name or a letter', (_, places) => {
    for (const of of [places.map(({ to }) => to), places.map(({ id }) => id), places.flatMap(({ chord }) => (chord === undefined ? [] : [chord]))]) expect(new Set(of).size).toBe(of.length);
  });
  test('a row is known by the addresses of its screens and everything below them', () => {
    expect(rowOf('/intake')?.id).toBe('work');
    expect(rowOf('/holds/hld-1')?.id).toBe('quality');
    expect(rowOf('/intakes')).toBe(null);
    expect(rowOf('/alarms')).toBe(null);
  });
});
