import { describe, expect, it } from 'vitest';
import type { Alarm, Notice, RotaShift } from '../src/api/types';
import { textFor } from '../src/i18n/text';
import { openAnswers } from '../src/notices/answers';
import { channelAnswer } from '../src/notices/channelAnswer';
import { isOverMidnight, knownPeople, minuteOfWeek, minutesOf, NEW_SHIFT, nextTurn, shiftOf, textOf, weekdaySpans } from '../src/notices/rota';
import { proofOf, telling, unanswered, untold, untoldAlarms, type Telling } from '../src/notices/untold';
import { withEntry } from '../src/notices/useRotaChange';
import { alarms } from './known/alarms';

const [KNOWN] = alarms();
const RAISED = Date.parse('2026-11-23T03:00:00Z');
const AT: Telling = { nowMs: RAISED + 60_000, graceMs: 30_000, quiet: new Set() };
const told = { step: 0, next_at: null, told: ['li-wei'], taken: 1, coming: [] };

function alarm(part: Partial<Alarm>): Alarm {
  if (KNOWN === undefined) throw new Error('no alarm');
  return { ...KNOWN, raised_at: new Date(RAISED).toISOString(), state: 'unacknowledged', priority: 1, escalation: told, ...part };
}

const NOTICE: Notice = {
  id: 'ntc-1', kind: 'alarm', alarm: 'alm-1', occurrence: null, priority: 1, step: 0, repeat: 0, who: 'operator', person: null, told: ['li-wei'], channel: 'wall', state: 'sent', attempts: 1,
  detail: '', text_en: null, text_zh: null, queued_at: '2026-11-23T03:00:00Z', queued_at_real: '2026-11-23T03:00:00Z', tried_at_real: null, next_try_at_real: null, sent_at: null, sent_at_real: null,
  received_at: null, received_by: null, received_how: null,
};

describe('an alarm that nobody was told of', () => {
  it('has no message, or none that a channel took', () => {
    expect(untold(alarm({ escalation: null }), AT)).toBe('nobody');
    expect(untold(alarm({ escalation: { ...told, told: [], taken: 0 } }), AT)).toBe('nobody');
    expect(untold(alarm({ escalation: { ...told, taken: 0 } }), AT)).toBe('undelivered');
    expect(untold(alarm({}), AT)).toBeNull();
  });
  it('waits for somebody: what is acknowledged, shelved or over by itself below priority 1 calls nobody', () => {
    const nobody = { escalation: null };
    expect(untold(alarm({ ...nobody, state: 'acknowledged' }), AT)).toBeNull();
    expect(untold(alarm({ ...nobody, state: 'shelved' }), AT)).toBeNull();
    expect(untold(alarm({ ...nobody, state: 'returned_unacknowledged', priority: 2 }), AT)).toBeNull();
    expect(untold(alarm({ ...nobody, state: 'returned_unacknowledged', priority: 1 }), AT)).toBe('nobody');
    expect(untold(alarm({ ...nobody, state: 'latched_unacknowledged', priority: 3 }), AT)).toBe('nobody');
  });
  it('is none yet while telling takes its time, nor in the quiet hours of its priority', () => {
    const fresh = alarm({ escalation: null, priority: 3 });
    expect(untold(fresh, { ...AT, nowMs: RAISED + 29_000 })).toBeNull();
    expect(untold(fresh, { ...AT, quiet: new Set([3]) })).toBe('quiet');
    expect(untold({ ...fresh, priority: 1 }, { ...AT, quiet: new Set([3]) })).toBe('nobody');
  });
  it('is judged by the quiet hours of the site and by a clock that may run fast', () => {
    const ladders = [{ priority: 3, repeat_every_min: null, quiet: { from_time: '22:00', to_time: '06:00' }, steps: [] }, { priority: 1, repeat_every_min: 5, quiet: null, steps: [] }];
    const night = telling(Date.parse('2026-11-22T18:00:00Z'), 60, ladders, 'Asia/Shanghai');
    expect([[...night.quiet], night.graceMs]).toEqual([[3], 900_000]);
    expect(telling(RAISED, 1, ladders, 'Asia/Shanghai')).toEqual({ nowMs: RAISED, graceMs: 30_000, quiet: new Set() });
  });
  it('stands with the most urgent first, and waits for somebody as the others do', () => {
    const found = [alarm({ id: 'b', priority: 2, escalation: null }), alarm({ id: 'c' }), alarm({ id: 'a', escalation: { ...told, taken: 0 } })];
    expect(untoldAlarms(found, AT).map(({ alarm: one }) => one.id)).toEqual(['a', 'b']);
    expect(unanswered(found).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  });
});

describe('a message', () => {
  it('is proven by a person before a channel', () => {
    expect(proofOf(NOTICE)).toBe('sent');
    expect(proofOf({ ...NOTICE, received_how: 'coming' })).toBe('coming');
  });
  it('is answered until somebody comes or acts; a test calls nobody', () => {
    expect(openAnswers(NOTICE)).toEqual(['coming', 'open']);
    expect(openAnswers({ ...NOTICE, received_how: 'opened' })).toEqual(['coming']);
    expect(openAnswers({ ...NOTICE, received_how: 'coming' })).toEqual([]);
    expect(openAnswers({ ...NOTICE, received_how: 'acted' })).toEqual([]);
    expect(openAnswers({ ...NOTICE, state: 'withdrawn' })).toEqual([]);
    expect(openAnswers({ ...NOTICE, kind: 'test' })).toEqual(['open']);
  });
  it('tells our own words of a channel in the language of the page, and the other side in its own', () => {
    expect(channelAnswer(textFor('zh'), 'on the live stream; 3 screens listen')).toBe('已上实时推送；3 个屏幕在线');
    expect(channelAnswer(textFor('en'), 'on the live stream; 1 screens listen')).toBe('on the live stream; 1 screen listens');
    expect(channelAnswer(textFor('zh'), 'answered 503: try later')).toBe('答复 503: try later');
    expect(channelAnswer(textFor('zh'), 'mailbox full')).toBe('mailbox full');
  });
});

describe('the rota', () => {
  const ZONE = 'Asia/Shanghai';
  const MONDAY_NOON = Date.parse('2026-11-23T04:00:00Z');
  const day: RotaShift = { position: 'operator', person: 'li-wei', substitute: 'chen-jie', weekdays: [1, 2, 3, 4, 5], from_time: '08:00', to_time: '20:00' };
  const night: RotaShift = { ...day, person: 'wang-fang', substitute: null, from_time: '20:00', to_time: '08:00' };
  it('reads the clock of the site', () => {
    expect(minuteOfWeek(MONDAY_NOON, ZONE)).toBe(12 * 60);
    expect(minuteOfWeek(MONDAY_NOON, 'UTC')).toBe(4 * 60);
    expect([minutesOf('08:30'), minutesOf('24:00'), minutesOf('8:30'), minutesOf('')]).toEqual([510, null, null, null]);
  });
  it('says who takes over next, and the substitute of who is away then', () => {
    const next = nextTurn([day, night], [], 'operator', ['li-wei'], MONDAY_NOON, ZONE);
    expect(next).toEqual({ person: 'wang-fang', atMs: Date.parse('2026-11-23T12:00:00Z') });
    const away = [{ person: 'li-wei', from_at: '2026-11-23T20:00:00Z', to_at: '2026-11-25T00:00:00Z', reason: '' }];
    const morning = nextTurn([day, night], away, 'operator', ['wang-fang'], Date.parse('2026-11-23T13:00:00Z'), ZONE);
    expect(morning).toEqual({ person: 'chen-jie', atMs: Date.parse('2026-11-24T00:00:00Z') });
  });
  it('names nobody where the same person goes on, or where the position has no turn', () => {
    expect(nextTurn([day], [], 'operator', ['li-wei'], MONDAY_NOON, ZONE)).toBeNull();
    expect(nextTurn([day, night], [], 'quality', [], MONDAY_NOON, ZONE)).toBeNull();
  });
  it('finds the turn of next week when this one has begun', () => {
    const monday: RotaShift = { ...day, weekdays: [1] };
    expect(nextTurn([monday], [], 'operator', [], MONDAY_NOON, ZONE)?.atMs).toBe(Date.parse('2026-11-30T00:00:00Z'));
    expect(nextTurn([{ ...monday, from_time: '12:00' }], [], 'operator', [], MONDAY_NOON, ZONE)?.atMs).toBe(Date.parse('2026-11-30T04:00:00Z'));
  });
  it('tells weekdays as spans', () => {
    expect(weekdaySpans([5, 1, 2, 3])).toEqual([[1, 3], [5, 5]]);
    expect(weekdaySpans([])).toEqual([]);
  });
  it('refuses a turn without a person, a day or a time, and one who stands in for themselves', () => {
    const text = { ...NEW_SHIFT, person: ' li-wei ' };
    expect(shiftOf(text)).toEqual({ position: 'operator', person: 'li-wei', substitute: null, weekdays: [1, 2, 3, 4, 5], from_time: '08:00', to_time: '20:00' });
    expect(shiftOf(NEW_SHIFT)).toBe('person');
    expect(shiftOf({ ...text, substitute: 'li-wei' })).toBe('substitute');
    expect(shiftOf({ ...text, weekdays: [] })).toBe('weekdays');
    expect(shiftOf({ ...text, to: '25:00' })).toBe('time');
    expect(shiftOf(textOf(night))).toEqual(night);
    expect([isOverMidnight(night), isOverMidnight(day)]).toEqual([true, false]);
  });
  it('changes, adds and takes out one entry', () => {
    expect(withEntry(['a', 'b'], 1, 'c')).toEqual(['a', 'c']);
    expect(withEntry(['a'], null, 'c')).toEqual(['a', 'c']);
    expect(withEntry(['a', 'b'], 0, null)).toEqual(['b']);
  });
  it('knows everybody once', () => {
    expect(knownPeople(['b', null, 'a'], ['a', undefined, ''])).toEqual(['a', 'b']);
  });
});
