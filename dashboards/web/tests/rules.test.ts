import { describe, expect, test } from 'vitest';
import { alarms } from './known/alarms';
import { COLD, FROZEN, plant } from './known/plant';
import { byUrgency, passes } from '../src/alarms/groups';
import { code128, CODE128_WIDTHS } from '../src/bags/code128';
import { expiryData, groupData } from '../src/bags/isbt';
import { isProduct, isScan } from '../src/bags/scanText';
import { siteTicks } from '../src/charts/ticks';
import { HOUR_MS } from '../src/format/time';
import { stepsOf } from '../src/orders/counts';
import { requestOf } from '../src/orders/draft';
import { envelopeOf } from '../src/plant/envelope';
import { shortcutOf } from '../src/shell/shortcuts';
import { FIELDS } from '../src/tasks/manualActs';
import { placeName } from '../src/tasks/placeName';
import { bandState, scaleOf, toneOf } from '../src/ui/band';

describe('a value in its band', () => {
  test.each([[4, 'normal'], [6.1, 'high'], [1.9, 'low'], [5.6, 'alert_high'], [2.4, 'alert_low'], [6, 'alert_high']])('%d °C in 2 to 6 is %s', (value, state) =>
    expect(bandState(value, COLD, true)).toBe(state));
  test('a stale value is never normal', () => expect(bandState(4, COLD, false)).toBe('stale'));
  test('no value is unknown, never normal', () => expect(bandState(null, COLD, true)).toBe('unknown'));
  test('an open limit is never crossed', () => expect(bandState(-80, FROZEN, true)).toBe('normal'));
  test('a priority 1 alarm makes the tone critical, but stale stays stale', () => {
    expect(toneOf('alert_high', true)).toBe('critical');
    expect(toneOf('stale', true)).toBe('stale');
  });
  test('siblings get the scale of the reference', () => {
    expect(scaleOf(COLD)).toEqual({ min: 0, max: 8 });
    expect(scaleOf(FROZEN)).toEqual({ min: -40, max: -12 });
  });
  test('a slot has the band of the store it lies in', () => {
    expect(envelopeOf(plant, 'cold-1/s1/012')).toEqual(COLD);
    expect(envelopeOf(plant, 'dock')).toBeNull();
  });
});

describe('alarms', () => {
  test('are sorted by priority, then by time to the limit', () => expect(alarms().sort(byUrgency)[0]?.id).toBe('alm-1'));
  test('that returned unseen still count as not acknowledged', () =>
    expect(alarms().filter((alarm) => passes(alarm, 'new')).some((alarm) => alarm.state === 'returned_unacknowledged')).toBe(true));
});

describe('Code 128', () => {
  test('every symbol is eleven modules wide and unlike the others', () => {
    for (const widths of CODE128_WIDTHS) expect(Array.from(widths, Number).reduce((sum, width) => sum + width, 0)).toBe(11);
    expect(new Set(CODE128_WIDTHS).size).toBe(106);
  });
  test('the check symbol weighs each character by its place', () => {
    const widths = code128('PJ');
    expect(widths.slice(18, 24).join('')).toBe(CODE128_WIDTHS[(104 + 48 + 2 * 42) % 103]);
    expect(widths.slice(-7).join('')).toBe('2331112');
  });
  test('a character outside subset B is refused', () => expect(() => code128('血')).toThrow(RangeError));
});

describe('ISBT 128', () => {
  test('group and expiry are written as the standard writes them', () => {
    expect(groupData('A+')).toBe('=%6200');
    expect(expiryData(2026, 357, 23, 59)).toBe('&>0263572359');
  });
  test.each(['=A999926004317 00'.replace(' ', ''), ']C1=A99992600431700', 'A999926004317', 'A9999 26 004317 A', '=<D0002V00'])('%s is a scan', (text) => expect(isScan(text)).toBe(true));
  test.each(['cold room', 'A9999', 'RESERVED', ''])('%s is a search', (text) => expect(isScan(text)).toBe(false));
  test('a product code follows a donation number', () => {
    expect(isProduct('=<D0002V00')).toBe(true);
    expect(isProduct('A999926004317')).toBe(false);
  });
});

describe('orders', () => {
  const line = { id: 'l', patient: null, component: 'RBC_S', group: 'O+' as const, quantity: 6, unit: 'bag', substitution: true, min_days_left: 0, reserved: 1, picked: 2, packed: 1, in_transit: 1, received: 1, short: 0, sentence_en: '', sentence_zh: '', bags: [] };
  test('a bag that is packed has also been picked and reserved', () =>
    expect(stepsOf(line)).toEqual({ quantity: 6, reserved: 6, picked: 5, packed: 3, inTransit: 2, received: 1 }));
  test('the due time counts from domain time', () => {
    const request = requestOf({ hospital: 'h', kind: 'stock', priority: 3, dueHours: 4, lines: [] }, Date.UTC(2026, 10, 20));
    expect(request.due_at).toBe('2026-11-20T04:00:00.000Z');
  });
});

describe('keys', () => {
  const press = { inField: false, afterG: false, letters: true };
  test('a letter in a field means itself, F2 scans everywhere', () => {
    expect(shortcutOf({ ...press, key: 'a', inField: true })).toBeNull();
    expect(shortcutOf({ ...press, key: 'F2', inField: true })).toBe('scan');
  });
  test('A acknowledges, G then A goes to the alarms', () => {
    expect(shortcutOf({ ...press, key: 'a' })).toBe('acknowledge');
    expect(shortcutOf({ ...press, key: 'a', afterG: true })).toBe('go:a');
  });
  test('Esc closes what is open, but not from inside a field, even when letters are off', () => {
    expect(shortcutOf({ ...press, key: 'Escape', letters: false })).toBe('close');
    expect(shortcutOf({ ...press, key: 'Escape', inField: true })).toBeNull();
  });
  test('letters can be switched off', () => expect(shortcutOf({ ...press, key: '?', letters: false })).toBeNull());
});

test('the ticks of a time axis are round hours of the site', () => {
  const from = Date.UTC(2026, 10, 18, 0, 7);
  const ticks = siteTicks(from, from + 54 * HOUR_MS, 'Asia/Shanghai');
  expect(ticks.length).toBeLessThanOrEqual(10);
  for (const tick of ticks) expect(new Date(tick + 8 * HOUR_MS).getUTCHours() % 8).toBe(0);
});

describe('work by hand', () => {
  test('a slot is named by its shelf and its number, an unknown place by its path', () => {
    const places = new Map([['cold-1/s1', 'Shelf 1'], ['dock', 'Dock']]);
    expect(placeName('cold-1/s1/012', places)).toBe('Shelf 1 · 012');
    expect(placeName('dock', places)).toBe('Dock');
    expect(placeName('nowhere/7', places)).toBe('nowhere/7');
  });
  test('every act begins with the donation number, and only where a bag is put down is a place asked', () => {
    for (const [act, fields] of Object.entries(FIELDS)) {
      expect(fields[0], act).toBe('din');
      expect(fields.includes('place'), act).toBe(act === 'move' || act === 'complete');
    }
  });
});
