import { describe, expect, test } from 'vitest';
import type { Disposition, Passport } from '../src/api/types';
import { decisionOf, missingIn, shorterExpiries, signersOf } from '../src/dispositions/decision';
import { holdReason, isOfRecord } from '../src/holds/holdReason';
import { textFor } from '../src/i18n/text';
import { changesSince, sinceSeal } from '../src/passport/changes';
import { curveOf, excursionCurve } from '../src/passport/curves';
import { byWeight, heardAt, isLeg, muteMinutes, permittedSpans, probesOf, versionOf, type Gap, type RecordLimit, type Segment, type Stay } from '../src/passport/record';
import { together, type Excursion } from '../src/passport/together';

const BEGIN = Date.UTC(2026, 10, 20, 8);
const at = (minute: number) => new Date(BEGIN + minute * 60_000).toISOString();

const stay = (place: string, from: number, to: number | null): Stay => ({ place, name_en: place, name_zh: place, from_at: at(from), to_at: to === null ? null : at(to), minutes: (to ?? from) - from, watch: 'probed', envelope: null, probes: [] });
const segment = (place: string, probe: string, kind: string, from: number, to: number, more: Partial<Segment> = {}): Segment => ({ place, probe, probe_kind: kind, from_at: at(from), to_at: at(to), readings: to - from, min_c: 4, mean_c: 4, max_c: 4, points: [], ...more });
const gap = (from: number, to: number, more: Partial<Gap> = {}): Gap => ({ place: 'box/1', from_at: at(from), to_at: at(to), minutes: to - from, reason: 'no_data', basis: 'none', probe: null, min_c: null, max_c: null, uncertainty_c: null, inside: false, ...more });
const limit = (kind: RecordLimit['kind'], side: RecordLimit['side'], value: number, minutes = 0): RecordLimit => ({ kind, side, value_c: value, from_at: at(0), to_at: at(60), minutes, worst_c: null, source: 's', status: 'V' });
const excursion = (from: number, to: number | null, more: Partial<Excursion> = {}): Excursion => ({ id: `e${from}`, probe: 'box-logger', probe_kind: 'air', place: 'box/1', side: 'above', from_at: at(from), to_at: to === null ? null : at(to), minutes: (to ?? from) - from, worst_c: 12, limit_c: 10, verdict: 'outside', disposition: null, ...more });
const passport = (computed: number, more: Partial<Passport>) => ({ computed_at: at(computed), stays: [], segments: [], gaps: [], excursions: [], limits: [], ...more }) as unknown as Passport;

describe('a record', () => {
  test('a transport box is a leg, a shelf is none', () => expect([isLeg(stay('box/r20-1', 0, 1)), isLeg(stay('cold-1/s1/001', 0, 1))]).toEqual([true, false]));
  test('each stay has what its own probes said, the one in the load first', () => {
    const first = stay('cold-1', 0, 30);
    const heard = heardAt([segment('cold-1', 'a-air', 'air', 0, 30), segment('cold-1', 'b-load', 'load', 0, 30), segment('cold-1', 'b-load', 'load', 60, 90)], first);
    expect(heard.map(({ probe }) => probe)).toEqual(['b-load', 'a-air']);
  });
  test('a probe that follows the blood leads, also when it came later', () =>
    expect(probesOf([segment('x', 'air', 'air', 0, 1), segment('y', 'load', 'load', 1, 2), segment('x', 'air', 'air', 3, 4)])).toEqual(['load', 'air']));
  test('what a neighbour said is not unknown; everything else is, whatever its band', () =>
    expect(muteMinutes([gap(0, 10, { basis: 'neighbour' }), gap(10, 15, { basis: 'warm_up', min_c: 2, max_c: 5 }), gap(20, 27)])).toBe(12));
  test('minutes are counted up to a moment', () => expect(muteMinutes([gap(0, 10), gap(20, 30)], BEGIN + 5 * 60_000)).toBe(5));
  test('a limit that was passed stands before the law, the law before an alert', () =>
    expect(byWeight([limit('alert', 'above', 5.5), limit('legal', 'above', 6), limit('place', 'above', 6, 3)]).map(({ kind }) => kind)).toEqual(['place', 'legal', 'alert']));
  test('the permitted range has both sides of the same time, and stays open where there is none', () => {
    expect(permittedSpans([limit('legal', 'below', 2), limit('legal', 'above', 6), limit('place', 'above', 5)])).toEqual([{ fromMs: BEGIN, toMs: BEGIN + 3_600_000, min_c: 2, max_c: 6 }]);
    expect(permittedSpans([limit('legal', 'above', -18)])[0]?.min_c).toBeNull();
  });
  test('our own limits are named, a law is cited', () => {
    expect(versionOf('limits of box-cold, version 3')).toEqual({ envelope: 'box-cold', version: 3 });
    expect(versionOf('WS 399-2012 as summarised')).toBeNull();
  });
});

describe('curves', () => {
  const points: Segment['points'] = [[BEGIN, 4, 4], [BEGIN + 60_000, 4, 5], [BEGIN + 120_000, 11, 12], [BEGIN + 3_600_000, 4, 4]];
  test('a line has a hole where the probe was silent and after its last word', () =>
    expect(curveOf([segment('box/1', 'p', 'air', 0, 60, { points })]).map(({ high }) => high)).toEqual([4, 5, 12, null, 4, null]));
  test('an excursion is drawn by its furthest values, and only while it was', () => {
    const curve = curveOf([segment('box/1', 'p', 'air', 0, 60, { points })]);
    expect(excursionCurve(excursion(2, 3), curve, 0).map(([, value]) => value)).toEqual([12, null]);
    expect(excursionCurve(excursion(2, 3, { side: 'below' }), curve, 0)[0]?.[1]).toBe(11);
  });
});

describe('excursions that mean one thing', () => {
  test('are one, with all their times, minutes and the furthest value', () => {
    const [one, ...more] = together([excursion(10, 12, { worst_c: 14 }), excursion(0, 3), excursion(5, 6)]);
    expect(more).toEqual([]);
    expect([one?.times, one?.minutes, one?.worst_c, one?.from_at, one?.to_at]).toEqual([3, 6, 14, at(0), at(12)]);
  });
  test('stay apart by what they mean, by their case and by their side', () =>
    expect(together([excursion(0, 1), excursion(2, 3, { verdict: 'brief' }), excursion(4, 5, { disposition: 'd' }), excursion(6, 7, { side: 'below' })])).toHaveLength(4));
  test('one that lasts lasts for all', () => expect(together([excursion(0, 1), excursion(2, null), excursion(1.2, 1.4)])[0]?.to_at).toBeNull());
});

describe('since the seal', () => {
  const sealed = passport(60, { stays: [stay('cold-1', 0, 30), stay('box/1', 30, null)], segments: [segment('cold-1', 'p', 'load', 0, 30)], gaps: [gap(30, 60)] });
  const later = { stays: [stay('cold-1', 0, 30), stay('box/1', 30, 90), stay('hospital', 90, null)], segments: [segment('cold-1', 'p', 'load', 0, 30)] };
  test('what merely went on is no change', () => {
    expect(changesSince(sealed, passport(120, { ...later, gaps: [gap(30, 90)] }))).toEqual([]);
    expect(sinceSeal(sealed, passport(120, { ...later, gaps: [gap(30, 90)] }))).toEqual({ outsideMin: 0, unknownMin: 30 });
  });
  test('a logger that was read out fills what was unknown and may find an excursion', () =>
    expect(changesSince(sealed, passport(120, { ...later, excursions: [excursion(40, 50), excursion(70, 80)] }))).toEqual([{ what: 'unknown', was: 30, is: 0 }, { what: 'excursions', was: 0, is: 10 }]));
  test('late readings and a stay put right are named', () =>
    expect(changesSince(sealed, passport(120, { stays: [stay('cold-1', 0, 20), stay('bench', 20, 30), stay('box/1', 30, 90)], segments: [segment('cold-1', 'p', 'load', 0, 30, { readings: 29 })], gaps: [gap(30, 60)] }))).toEqual([{ what: 'stays', was: 2, is: 3 }, { what: 'readings', was: 30, is: 29 }]));
  test('an excursion too brief to count changes nothing', () => expect(changesSince(sealed, passport(120, { ...later, gaps: [gap(30, 60)], excursions: [excursion(40, 50, { verdict: 'brief' })] }))).toEqual([]));
});

describe('a decision', () => {
  const item = { expires_at: at(4 * 24 * 60), outcomes: [{ outcome: 'release', name_en: '', name_zh: '', people: 1 }] } as unknown as Disposition;
  test('needs an outcome, then the new expiry where one belongs, then a comment', () => {
    expect(missingIn({ outcome: null, comment: 'looked', expiresAt: null })).toBe('outcome');
    expect(missingIn({ outcome: 'release_shortened', comment: 'looked', expiresAt: null })).toBe('expiry');
    expect(missingIn({ outcome: 'release', comment: ' x ', expiresAt: null })).toBe('comment');
  });
  test('carries an expiry only with a shortened shelf life: what is signed is what is sent', () => {
    expect(decisionOf({ outcome: 'release', comment: ' looked ', expiresAt: at(60) })).toEqual({ outcome: 'release', comment: 'looked' });
    expect(decisionOf({ outcome: 'release_shortened', comment: 'looked', expiresAt: at(60) })).toEqual({ outcome: 'release_shortened', comment: 'looked', expires_at: at(60) });
    expect(decisionOf({ outcome: 'discard', comment: '', expiresAt: null })).toBeNull();
  });
  test('a shorter shelf life ends before the present one, at whole seconds', () =>
    expect(shorterExpiries(item, BEGIN + 400)).toEqual([1, 2, 3].map((days) => ({ days, at: new Date(BEGIN + days * 86_400_000).toISOString().replace('.000', '') }))));
  test('an outcome that the case does not name needs two people', () => expect([signersOf(item, 'release'), signersOf(item, 'discard')]).toEqual([1, 2]));
});

describe('the reason of a hold', () => {
  const hold = { reason: 'temperature:transit', reason_zh: '温度异常：运输箱内超出范围' };
  test('that a temperature record placed is named in words, and its case lifts it', () => {
    expect(holdReason(textFor('en'), hold)).toBe('Outside its range in the transport box');
    expect(holdReason(textFor('zh'), hold)).toBe(hold.reason_zh);
    expect(isOfRecord(hold)).toBe(true);
  });
  test('of any other kind is shown as it is written, and no case is promised', () => {
    const other = { reason: 'temperature:logger_alarm', reason_zh: '温度异常' };
    expect([holdReason(textFor('en'), other), isOfRecord(other), isOfRecord({ reason: 'Label torn' })]).toEqual([other.reason, false, false]);
  });
});
