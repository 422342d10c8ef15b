import { describe, expect, test } from 'vitest';
import { textFor } from '../src/i18n/text';
import { aboutText, type Names } from '../src/recall/about';
import { dinOf, missingIn, scopeOf, type Draft } from '../src/recall/draft';
import { byHolder, commonOutcomes } from '../src/recall/grouping';
import { toInstant } from '../src/recall/siteTime';
import type { RecallBag, RecallScope } from '../src/recall/types';

const SCOPE: RecallScope = { din: null, donor: null, batch: null, device: null, place: null, from_at: null, to_at: null };
const NAMES: Names = { place: (path) => `<${path}>`, device: (id) => `[${id}]`, zone: 'Asia/Shanghai' };

function bag(id: string, more: Partial<RecallBag> = {}): RecallBag {
  return {
    bag: id,
    din: id.slice(0, 13),
    component: 'RBC_S',
    group: 'O+',
    status: 'AVAILABLE',
    place: 'cold-1/s1/001',
    place_name_en: 'Cold room 1',
    place_name_zh: '冷库 1',
    hospital: null,
    vehicle: null,
    box: null,
    relation: 'named',
    frozen: true,
    outcome: null,
    outcome_comment: null,
    outcome_by: null,
    outcome_at: null,
    possible_outcomes: ['quarantined', 'released'],
    ...more,
  };
}

const draft = (more: Partial<Draft>): Draft => ({ subject: 'din', given: '', from: null, to: null, ...more });

describe('what is recalled', () => {
  test.each([
    ['A999926000001', 'A999926000001'],
    ['=A99992600000160', 'A999926000001'],
    ['a9999 26 000001', 'A999926000001'],
    ['A9999 26', null],
    ['', null],
  ])('%s is read as donation %s', (typed, din) => expect(dinOf(typed)).toBe(din));
  test('a place needs a time, a donation does not', () => {
    expect(missingIn(draft({ subject: 'place', given: 'cold-1' }))).toBe('window');
    expect(missingIn(draft({ given: 'A999926000001' }))).toBeNull();
  });
  test('a time that ends before it begins is named', () =>
    expect(missingIn(draft({ subject: 'device', given: 'mixer', from: '2026-11-20T08:00:00Z', to: '2026-11-20T07:00:00Z' }))).toBe('windowOrder'));
  test('the scope holds what was named and nothing else', () => {
    expect(scopeOf(draft({ given: ' a999926000001 ' }))).toEqual({ din: 'A999926000001' });
    expect(scopeOf(draft({ subject: 'place', given: 'cold-1', from: '2026-11-20T08:00:00Z' }))).toEqual({ place: 'cold-1', from_at: '2026-11-20T08:00:00Z', to_at: null });
    expect(scopeOf(draft({ subject: 'donor' }))).toBeNull();
  });
  test('a moment is read on the clock of the site, also when that clock changes', () => {
    expect(toInstant('2026-11-20T14:30', 'Asia/Shanghai')).toBe('2026-11-20T06:30:00.000Z');
    expect(toInstant('2026-03-29T01:30', 'Europe/Berlin')).toBe('2026-03-29T00:30:00.000Z');
    expect(toInstant('2026-03-29T03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(toInstant('', 'Asia/Shanghai')).toBeNull();
  });
  test.each(['en', 'zh'] as const)('a case says what it is about in %s', (language) => {
    const text = textFor(language);
    expect(aboutText(text, { ...SCOPE, din: 'A999926000001' }, NAMES)).toContain('A9999');
    expect(aboutText(text, { ...SCOPE, place: 'cold-1', from_at: '2026-11-20T08:00:00Z' }, NAMES)).toContain('<cold-1>');
    expect(aboutText(text, SCOPE, NAMES)).toBe(text.word('recall.by', 'donor'));
  });
});

describe('who has the bags of a case', () => {
  const bags = [
    bag('A999926000001-D0002V00'),
    bag('A999926000002-D0002V00', { status: 'RECEIVED', hospital: 'h1' }),
    bag('A999926000003-D0002V00', { status: 'IN_TRANSIT', hospital: 'h1', vehicle: 'van-1' }),
    bag('A999926000004-D0002V00', { status: 'CONSUMED', hospital: null }),
  ];
  test('hospitals stand first, what is gone last, a bag on the road is with its vehicle', () =>
    expect(byHolder(bags).map(({ kind }) => kind)).toEqual(['hospital', 'vehicle', 'centre', 'gone']));
  test('an outcome is offered only when every chosen bag can have it', () => {
    const received = bag('A999926000005-D0002V00', { possible_outcomes: ['released'] });
    expect(commonOutcomes([bag('A999926000001-D0002V00'), received])).toEqual(['released']);
    expect(commonOutcomes([])).toEqual([]);
  });
});
