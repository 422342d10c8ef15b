import { describe, expect, test } from 'vitest';
import { dinOf, productOf } from '../src/bags/scanText';
import { ACTS, afterAnswer, bagOf, GROUPS, NEW_ROUND, nextCode, step, type Knows, type Round, type ScanAct, type Step } from '../src/scan/acts';
import { isKnown } from '../src/scan/known';
import { requestOf } from '../src/scan/send';
import { Wedge } from '../src/scan/wedge';
import { plant } from './known/plant';

const DIN = '=A99992600431700';
const PRODUCT = '=<D0002V00';
const OTHER_DIN = '=A99992600431800';

/** Scan one label after the other; the last step. */
function scanned(act: ScanAct, labels: readonly string[], knows?: Knows): Step {
  let now: Step = { kind: 'waits', round: NEW_ROUND };
  for (const label of labels) now = step(ACTS[act], 'round' in now ? now.round : NEW_ROUND, label, knows);
  return now;
}

const roundOf = (taken: Step): Round => ('round' in taken ? taken.round : NEW_ROUND);

describe('a label', () => {
  test.each([DIN, `]C4${DIN}`, 'A999926004317', 'A9999 26 004317 A'])('%s is the donation number', (text) => expect(dinOf(text)).toBe('A999926004317'));
  test.each([PRODUCT, '=%5100', 'cold-1/s1/001', 'r20-1', ''])('%s is no donation number', (text) => expect(dinOf(text)).toBeNull());
  test('a product code is read with and without its data identifier', () => expect([PRODUCT, ']C1=<D0002V00', 'd0002v00'].map(productOf)).toEqual(['D0002V00', 'D0002V00', 'D0002V00']));
  test('two codes name one bag', () => expect(bagOf({ din: DIN, product: PRODUCT })).toBe('A999926004317-D0002V00'));
});

describe('a scanner that types', () => {
  const type = (text: string, gapMs: number) => {
    const wedge = new Wedge();
    return [...Array.from(text), 'Enter'].map((key, index) => wedge.feed(key, index * gapMs));
  };
  test('is known by its speed, and its Enter presses nothing', () => expect(type('r20-1', 4).at(-1)).toEqual({ taken: true, text: 'r20-1' }));
  test('takes every key of a bar code from the first on', () => expect(type(DIN, 4).every(({ taken }) => taken)).toBe(true));
  test('a person who types is not a scanner', () => expect(type('abcdef', 120)).toEqual(Array(7).fill({ taken: false, text: null })));
  test('Enter alone stays with the button that has the focus', () => expect(new Wedge().feed('Enter', 0)).toEqual({ taken: false, text: null }));
  test('a shift key between two characters belongs to the label', () => {
    const wedge = new Wedge();
    ['=', 'Shift', 'A', '1'].forEach((key, index) => wedge.feed(key, index * 5));
    expect(wedge.feed('Enter', 22).text).toBe('=A1');
  });
});

describe('an act', () => {
  test('every one stands in the chooser once', () => expect(GROUPS.flatMap(({ acts }) => acts).sort()).toEqual(Object.keys(ACTS).sort()));
  test('asks for its codes in order and is complete with the last one', () => {
    expect(nextCode(ACTS.move, NEW_ROUND)).toBe('din');
    expect(nextCode(ACTS.move, roundOf(scanned('move', [DIN])))).toBe('product');
    expect(scanned('move', [DIN, PRODUCT, 'cold-1/s1/004'])).toMatchObject({ kind: 'complete', round: { scans: { din: DIN, product: PRODUCT, place: 'cold-1/s1/004' } } });
  });
  test('a label of the wrong kind stops it, wherever it might have fitted', () => {
    expect(scanned('move', [PRODUCT])).toEqual({ kind: 'wrong', expected: 'din', got: 'product' });
    expect(scanned('move', [DIN, PRODUCT, DIN])).toEqual({ kind: 'wrong', expected: 'place', got: 'din' });
    expect(scanned('gate', ['cold-1/s1'])).toEqual({ kind: 'wrong', expected: 'din', got: null });
  });
  test('the same number read twice is one number, another one stops', () => {
    expect(scanned('pick', [DIN, DIN]).kind).toBe('waits');
    expect(scanned('pick', [DIN, OTHER_DIN])).toEqual({ kind: 'wrong', expected: 'product', got: 'din' });
  });
  test('a box or a place that does not exist stops it', () => {
    expect(scanned('pack', ['r99-1'], () => false)).toEqual({ kind: 'unknown', expected: 'box' });
    expect(scanned('move', [DIN, PRODUCT, 'nowhere'], (code) => code !== 'place')).toEqual({ kind: 'unknown', expected: 'place' });
  });
  test('a box is scanned once and kept for all its bags', () => {
    const first = scanned('pack', ['R20-1', DIN, PRODUCT]);
    expect(first).toMatchObject({ kind: 'complete', round: { kept: 'r20-1' } });
    expect(nextCode(ACTS.pack, afterAnswer(ACTS.pack, roundOf(first), true))).toBe('din');
  });
  test('nothing of one bag is left for the next, refused or not', () => {
    const round = roundOf(scanned('put_away', [DIN, PRODUCT, 'cold-1/s1/004']));
    for (const accepted of [true, false]) expect(afterAnswer(ACTS.put_away, round, accepted).scans).toEqual({});
  });
  test('a check of a box gathers its bags, each once, and keeps them through a stop', () => {
    const round = roundOf(scanned('box_check', ['r20-1', DIN, PRODUCT, OTHER_DIN, PRODUCT, DIN, PRODUCT]));
    expect(round.list).toHaveLength(2);
    expect(afterAnswer(ACTS.box_check, round, false).list).toHaveLength(2);
    expect(requestOf('box_check', round, null, null)).toMatchObject({ path: '/scans/box-check', body: { box: 'r20-1', items: [{ din_scan: DIN }, { din_scan: OTHER_DIN }] } });
  });
  test('a closed box waits for two answers of a person', () => {
    const taken = scanned('close', ['r20-1']);
    expect(taken.kind).toBe('waits');
    expect(nextCode(ACTS.close, roundOf(taken))).toBeNull();
  });
  test('in a count a place may be scanned at any time and holds', () => {
    const round = roundOf(scanned('count', ['cold-1/s1', DIN, PRODUCT]));
    expect(requestOf('count', round, { id: 'cnt-1', label: '' }, null)).toEqual({ path: '/counts/cnt-1/scan', body: { din_scan: DIN, product_scan: PRODUCT, at_place: 'cold-1/s1' } });
    expect(afterAnswer(ACTS.count, round, true).place).toBe('cold-1/s1');
  });
});

test('a slot is known as far as its shelf has slots', () => {
  const known = plant;
  const shelf = known.places.find(({ slots }) => slots > 0);
  expect(isKnown(known, 'place', `${shelf?.path}/001`)).toBe(true);
  expect(isKnown(known, 'place', `${shelf?.path}/000`)).toBe(false);
  expect(isKnown(known, 'place', `${shelf?.path}/999`)).toBe(false);
});
