import { describe, expect, it } from 'vitest';
import { barOf, fitMark, hasBlast, NO_RESCUE, rescueWish, slotName, stillThere } from '../src/alarms/rescueWish';
import type { Blast, EndangeredBag, Rescue } from '../src/api/types';
import { alarms } from './known/alarms';

const BAG: EndangeredBag = { bag: '', component: 'plasma', group: 'O-', status: 'AVAILABLE', place: 'plasma-1/r1/s1', order: null, hospital: null, order_priority: null, minutes_left: 24 };
const BLAST: Blast = { alarm: 'alm-1', source: 'plasma-1-load', areas: ['plasma-1'], minutes_left: 24, bags: ['b', 'a', 'c'].map((bag) => ({ ...BAG, bag })), orders: [], hospitals: [] };
const PLAN: Rescue = {
  alarm: 'alm-1', fits: true, minutes_needed: 12, minutes_left: 24, sentence_en: '', sentence_zh: '', unplaced: [], machines: [],
  moves: [{ bag: 'a', from_place: 'plasma-1/r1/s1', to_place: 'plasma-2/r3/s9', by: 'person', starts_min: 0, ends_min: 6, fits: true }],
};

describe('a blast radius', () => {
  it('is asked for where blood lies behind a place, and never for an alarm that is over and done', () => {
    const [first] = alarms();
    if (first === undefined) throw new Error('no alarm');
    expect(hasBlast(first)).toBe(true);
    expect(hasBlast({ ...first, place: null })).toBe(false);
    expect(hasBlast({ ...first, stake: { ...first.stake, bags: 0 } })).toBe(false);
    expect(hasBlast({ ...first, state: 'normal' })).toBe(false);
  });
  it('keeps of the chosen bags those that still lie there, the most urgent first', () => {
    expect(stillThere(BLAST, new Set(['c', 'gone', 'b']))).toEqual(['b', 'c']);
  });
});

describe('a rescue', () => {
  it('moves every bag unless somebody chooses otherwise', () => {
    expect(rescueWish(NO_RESCUE, PLAN, [])).toEqual({ bags: 'all', hold: false, move: true, replan: false, comment: '' });
  });
  it('names the chosen bags only, with the comment as it was meant', () => {
    expect(rescueWish({ ...NO_RESCUE, which: 'chosen', hold: true, comment: ' now ' }, PLAN, ['a'])).toEqual({ bags: ['a'], hold: true, move: true, replan: false, comment: 'now' });
  });
  it('is not begun without a bag or without anything to do', () => {
    expect(rescueWish({ ...NO_RESCUE, which: 'chosen' }, PLAN, [])).toBe('bags');
    expect(rescueWish({ ...NO_RESCUE, move: false }, PLAN, [])).toBe('act');
  });
  it('does not ask for moves that the plan does not have', () => {
    const nowhere: Rescue = { ...PLAN, moves: [], unplaced: [{ bag: 'a', reason: 'no_slot' }] };
    expect(rescueWish(NO_RESCUE, nowhere, [])).toBe('act');
    expect(rescueWish({ ...NO_RESCUE, hold: true }, nowhere, [])).toMatchObject({ hold: true, move: false });
  });
});

describe('whether it fits', () => {
  it('has a shape of its own for yes, no and unknown, and unknown is coloured', () => {
    const marks = [true, false, null].map(fitMark);
    expect(new Set(marks.map(({ shape }) => shape)).size).toBe(3);
    expect(marks.map(({ tone }) => tone)).toEqual(['', 'critical', 'warning']);
  });
  it('is drawn as work against the end of the time, on one rail', () => {
    expect(barOf(12, 24)).toEqual({ work: 50, end: 100 });
    expect(barOf(30, 15)).toEqual({ work: 100, end: 50 });
    expect(barOf(6, 24, 48)).toEqual({ work: 12.5, end: 50 });
  });
  it('has no end of the time while nobody knows the time', () => {
    expect(barOf(12, null)).toEqual({ work: 100, end: null });
    expect(barOf(0, null)).toEqual({ work: 0, end: null });
    expect(barOf(0, 0)).toEqual({ work: 0, end: 100 });
  });
});

describe('a slot', () => {
  const names = new Map([['plasma-2', 'Plasma freezer B'], ['plasma-2/r3', 'Rack 3']]);
  it('has the name of the nearest place around it, and keeps the rest of its path', () => {
    expect(slotName(names, 'plasma-2/r3/s9')).toBe('Rack 3 · s9');
    expect(slotName(names, 'plasma-2/r4/s1')).toBe('Plasma freezer B · r4 · s1');
  });
  it('is never hidden when nobody knows its name', () => {
    expect(slotName(names, 'else/s1')).toBe('else/s1');
  });
});
