import { describe, expect, it } from 'vitest';
import { refusalsOf } from '../src/alarms/acts';
import { ALARM_GROUPS } from '../src/alarms/groups';
import { barsOf } from '../src/alarm-health/rates';
import type { AlarmDetail, AlarmState, DutyDetail } from '../src/api/types';
import { celsiusOf, wishOf as dutyWish, type DutyText } from '../src/duties/dutyWish';
import { alarms } from './known/alarms';
import { PATTERNS, soundOf } from '../src/wall/pattern';
import { numberOf, wishOf as bandWish, type BandText } from '../src/province/bandWish';

const BAND: BandText = { red_days: '1.5', amber_days: '3', preamber_days: '4', target_days: '6', near_days: '5', use: { 'O+': '9', 'O-': '0.5' } };

describe('a stock band', () => {
  it('is sent as numbers', () => {
    expect(bandWish(BAND)).toEqual({ red_days: 1.5, amber_days: 3, preamber_days: 4, target_days: 6, near_days: 5, daily_use: { 'O+': 9, 'O-': 0.5 } });
  });
  it.each(['', '-1', '1e9', 'x', '1,5', ' '])('is not sent with %j as a number', (typed) => {
    expect(numberOf(typed)).toBe(null);
    expect(bandWish({ ...BAND, amber_days: typed })).toBe('numbers');
    expect(bandWish({ ...BAND, use: { 'O+': typed } })).toBe('numbers');
  });
  it('is not sent while its days do not rise', () => {
    expect(bandWish({ ...BAND, amber_days: '1.5' })).toBe('order');
    expect(bandWish({ ...BAND, red_days: '0' })).toBe('order');
    expect(bandWish({ ...BAND, near_days: '0' })).toBe('order');
  });
});

const RANGE = { probe: 'cold-1-air', min_c: 3.1, max_c: 4.8, outside: false, gap_minutes: 0 };
const DUTY: DutyDetail = {
  id: 'reading/cold-1/2026-11-22/1', kind: 'reading', subject: 'cold-1', name_en: 'Cold room 1', name_zh: '冷库 1', day: '2026-11-22', opens_at: '2026-11-22T00:00:00Z',
  due_at: '2026-11-22T04:00:00Z', closes_at: null, state: 'open', done_by: null, done_at: null, record: null, probes: ['cold-1-air'], ranges: [],
};
const TEXT: DutyText = { value: '', probe: null, outcome: null, method: null, startedAt: '2026-11-22T01:00:00Z', comment: '' };

describe('a duty', () => {
  it.each([['4.2', 4.2], ['-31.5', -31.5], ['−31,5', -31.5], ['4', 4], [' 4.25 ', 4.25]])('reads %j as degrees', (typed, value) => {
    expect(celsiusOf(typed)).toBe(value);
  });
  it.each(['', 'warm', '4.2.1', '4 °C', '1e3', '--4', '1234'])('does not guess %j', (typed) => {
    expect(celsiusOf(typed)).toBe(null);
    expect(dutyWish(DUTY, { ...TEXT, value: typed })).toBe('value');
  });
  it('is read beside the only probe, and asks which one when there are several', () => {
    expect(dutyWish(DUTY, { ...TEXT, value: '4.2' })).toEqual({ value_c: 4.2, probe: 'cold-1-air', comment: '' });
    const two = { ...DUTY, probes: ['cold-1-air', 'cold-1-load'] };
    expect(dutyWish(two, { ...TEXT, value: '4.2' })).toBe('choose');
    expect(dutyWish(two, { ...TEXT, value: '4.2', probe: 'cold-1-load' })).toMatchObject({ probe: 'cold-1-load' });
  });
  it('is a test only with outcome, method and beginning, and a failed one is explained', () => {
    const test: DutyDetail = { ...DUTY, kind: 'alarm_test' };
    expect(dutyWish(test, TEXT)).toBe('choose');
    expect(dutyWish(test, { ...TEXT, outcome: 'failed', method: 'warmed' })).toBe('comment');
    expect(dutyWish(test, { ...TEXT, outcome: 'passed', method: 'warmed' })).toEqual({ outcome: 'passed', method: 'warmed', started_at: TEXT.startedAt, comment: '' });
  });
  it.each([{ ...RANGE, outside: true }, { ...RANGE, gap_minutes: 12 }, { ...RANGE, min_c: null, max_c: null }])('is not signed without a word on what is remarkable: %j', (range) => {
    const day: DutyDetail = { ...DUTY, kind: 'min_max', ranges: [RANGE, range] };
    expect(dutyWish(day, TEXT)).toBe('comment');
    expect(dutyWish(day, { ...TEXT, comment: 'door was open' })).toEqual({ outcome: 'signed', comment: 'door was open' });
  });
  it('that was missed is only explained', () => {
    const missed: DutyDetail = { ...DUTY, state: 'missed' };
    expect(dutyWish(missed, { ...TEXT, value: '4.2' })).toBe('comment');
    expect(dutyWish(missed, { ...TEXT, comment: 'fire drill' })).toEqual({ outcome: 'missed', comment: 'fire drill' });
  });
});

describe('the rate chart', () => {
  it('shows the fullest ten minutes of each stretch, and nothing where nothing called', () => {
    expect(barsOf([[0, 2], [5, 7], [10, 1], [99, 3]], 0, 100, 10).map((bar) => bar.most)).toEqual([7, 1, 0, 0, 0, 0, 0, 0, 0, 3]);
  });
  it('keeps what lies on its edges', () => {
    expect(barsOf([[-1, 4], [100, 5]], 0, 100, 4).map((bar) => bar.most)).toEqual([4, 0, 0, 5]);
  });
});

describe('the sound of the wall', () => {
  const wall = (sound: 'critical' | 'warning' | 'notice' | 'none') => ({ at: '2026-11-22T00:00:00Z', sound, items: [] });
  it('is what the wall asks for', () => {
    expect(soundOf(wall('critical'), false)).toBe('critical');
    expect(soundOf(wall('none'), false)).toBe('none');
    expect(soundOf(undefined, false)).toBe('none');
  });
  it('calls by itself when the screen hears nothing: a lost connection is no silence', () => {
    expect(soundOf(wall('none'), true)).toBe('warning');
    expect(soundOf(undefined, true)).toBe('warning');
    expect(soundOf(wall('critical'), true)).toBe('critical');
  });
  it('comes more often, and higher, the more urgent it is', () => {
    const [critical, warning, notice] = [PATTERNS.critical, PATTERNS.warning, PATTERNS.notice];
    expect(critical && warning && notice && critical.everyS < warning.everyS && warning.everyS < notice.everyS).toBe(true);
    expect(critical && warning && notice && critical.pitchHz > warning.pitchHz && warning.pitchHz > notice.pitchHz).toBe(true);
    expect(PATTERNS.none).toBe(null);
  });
});

describe('what may be done about an alarm', () => {
  const [known] = alarms();
  const alarm = (state: AlarmState, more: Partial<AlarmDetail> = {}): AlarmDetail => ({ ...known, journal: [], occurrences: [], bags: [], orders: [], hospitals: [], state, ...more }) as AlarmDetail;
  const MAY = { forbidden: null, notMaintainer: null };
  const said = (reason: string | null = null, comment = '') => ({ reason, comment });
  const states: readonly AlarmState[] = ['normal', 'unacknowledged', 'acknowledged', 'returned_unacknowledged', 'latched_unacknowledged', 'latched', 'shelved', 'suppressed', 'out_of_service'];

  it('finds every state in exactly one group of the list: no alarm is hidden', () => {
    for (const state of states) expect(ALARM_GROUPS.filter((group) => group.states.includes(state))).toHaveLength(1);
  });
  it('lets a latched alarm go only acknowledged, and with a reason', () => {
    expect(refusalsOf(alarm('latched_unacknowledged'), said('door_shut'), MAY).reset).toEqual({ key: 'alarm.ackFirst' });
    expect(refusalsOf(alarm('latched'), said(), MAY).reset).toEqual({ key: 'alarm.reasonNeeded' });
    expect(refusalsOf(alarm('latched'), said('other'), MAY).reset).toEqual({ key: 'alarm.otherNeedsComment' });
    expect(refusalsOf(alarm('latched'), said('door_shut'), MAY).reset).toBe(null);
  });
  it('offers closing only for what is over', () => {
    expect(refusalsOf(alarm('acknowledged'), said('test'), MAY).close).toBe(undefined);
    expect(refusalsOf(alarm('normal', { unclosed: 1 }), said('test'), MAY).close).toBe(null);
    expect(refusalsOf(alarm('latched', { unclosed: 1 }), said('test'), MAY).close).toBe(undefined);
  });
  it('never shelves priority 1, nor anything without a reason', () => {
    expect(refusalsOf(alarm('unacknowledged', { priority: 1 }), said(null, 'why'), MAY).shelve).toEqual({ key: 'alarm.shelveClosed' });
    expect(refusalsOf(alarm('unacknowledged', { priority: 3 }), said(), MAY).shelve).toEqual({ key: 'alarm.shelveReason' });
    expect(refusalsOf(alarm('unacknowledged', { priority: 3 }), said(null, 'why'), MAY).shelve).toBe(null);
  });
  it('closes everything for one who may not act, and says so', () => {
    for (const state of states) {
      const refusals = refusalsOf(alarm(state, { unclosed: 1 }), said('test', 'x'), { forbidden: 'no', notMaintainer: 'no' });
      expect(Object.values(refusals).every((refusal) => refusal === 'no')).toBe(true);
    }
  });
});
