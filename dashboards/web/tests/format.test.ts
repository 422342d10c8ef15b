import { describe, expect, test } from 'vitest';
import { formatDin, formatGroup, speakGroup } from '../src/format/blood';
import { formatCover, formatLimit, formatNumber, formatTemperature } from '../src/format/number';
import { siteDate } from '../src/format/siteDate';
import * as time from '../src/format/time';

const SHANGHAI = 'Asia/Shanghai';
const MOMENT = Date.UTC(2026, 10, 20, 6, 32, 8);

describe('numbers', () => {
  test('a negative number wears a true minus sign', () => expect(formatNumber(-19.34, 1)).toBe('\u221219.3'));
  test('zero has no sign, however it was rounded', () => expect(formatNumber(-0.04, 1)).toBe('0.0'));
  test('thousands are grouped by a thin space', () => expect(formatNumber(1_842_300)).toBe('1\u2009842\u2009300'));
  test('a fraction is not grouped', () => expect(formatNumber(1234.5678, 4)).toBe('1\u2009234.5678'));
  test.each([[6, '6'], [5.5, '5.5'], [-18, '−18'], [-18.25, '−18.25'], [0.1 + 0.2, '0.3']])('a limit is never rounded: %j is %s', (limit, text) => expect(formatLimit(limit)).toBe(text));
  test('a temperature has one decimal and a space before its unit', () => expect(formatTemperature(4)).toBe('4.0\u00a0°C'));
  test.each([[9.94, '9.9'], [10.4, '10'], [0.4, '0.4']])('cover of %d days reads %s', (days, text) => expect(formatCover(days)).toBe(text));
});

describe('blood', () => {
  test('a group is set with a minus sign, never a hyphen', () => expect(formatGroup('AB-')).toBe('AB\u2212'));
  test('a positive group stays as it is', () => expect(formatGroup('O+')).toBe('O+'));
  test('a group is read aloud in words', () => {
    expect(speakGroup('O-', 'en')).toBe('O RhD negative');
    expect(speakGroup('AB+', 'zh')).toBe('AB 型 RhD 阳性');
  });
  test('a donation number is spaced as on the label', () => expect(formatDin('A999926004317')).toBe('A9999 26 004317'));
  test('what is not a donation number is left alone', () => expect(formatDin('robot-1')).toBe('robot-1'));
});

describe('dates and times', () => {
  test('the clock is that of the site', () => expect(time.formatClock(MOMENT, SHANGHAI)).toBe('14:32:08'));
  test('midnight is 00, not 24', () => expect(time.formatClock(Date.UTC(2026, 10, 19, 16), SHANGHAI)).toBe('00:00:00'));
  test('a day is written as each language writes it', () => {
    expect(time.formatMoment(MOMENT, SHANGHAI, 'en')).toBe('20 Nov 14:32');
    expect(time.formatMoment(MOMENT, SHANGHAI, 'zh')).toBe('11-20 14:32');
  });
  test('an expiry has year and minute', () => {
    expect(time.formatFull(MOMENT, SHANGHAI, 'en')).toBe('20 Nov 2026 14:32');
    expect(time.formatFull(MOMENT, SHANGHAI, 'zh')).toBe('2026-11-20 14:32');
  });
  test('a moment of today needs no date', () => {
    expect(time.formatNear(MOMENT, MOMENT + 1000, SHANGHAI, 'en')).toBe('14:32:08');
    expect(time.formatNear(MOMENT, MOMENT + time.DAY_MS, SHANGHAI, 'en')).toBe('20 Nov 14:32');
  });
  test('UTC stands beside the site time', () => expect(time.formatUtc(MOMENT)).toBe('2026-11-20 06:32:08 UTC'));
  test('the day of the year counts in the time of the site', () =>
    expect(siteDate(Date.UTC(2026, 11, 31, 16, 5), SHANGHAI)).toEqual({ year: 2027, dayOfYear: 1, hour: 0, minute: 5 }));
  test.each([
    [42_000, '42 s', '42 s'],
    [372_000, '6:12', '6:12'],
    [126 * 60_000, '2:06 h', '2:06 时'],
    [2 * time.DAY_MS, '2 d', '2 天'],
    [-5, '0 s', '0 s'],
  ])('an age of %d ms reads %s or %s', (ms, english, chinese) => {
    expect(time.formatAge(ms, 'en')).toBe(english);
    expect(time.formatAge(ms, 'zh')).toBe(chinese);
  });
  test.each([
    [24 * 60_000, '24 min', '24 分'],
    [126 * 60_000, '2:06 h', '2:06 时'],
  ])('%d ms left reads %s or %s', (ms, english, chinese) => {
    expect(time.formatLeft(ms, 'en')).toBe(english);
    expect(time.formatLeft(ms, 'zh')).toBe(chinese);
  });
  test('shelf life counts days and hours', () => expect(time.formatShelfLife(33 * time.DAY_MS + 9 * time.HOUR_MS, 'en')).toBe('33 d 9 h'));
});
