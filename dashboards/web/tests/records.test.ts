import { describe, expect, it } from 'vitest';
import type { Calibration, EnvelopeLimits, LimitVersion, ProbeDay } from '../src/api/types';
import { byNeed, certificateOf, dateOf, type CertificateText } from '../src/calibrations/certificate';
import { cellMark, cellState, csvRows, datesUntil, gapsOf, heatOf, shareText, worstOf } from '../src/completeness/heat';
import { byEnvelope, limitsOf, textOf, type ProposalText } from '../src/limits/proposal';

const DAY: ProbeDay = {
  probe: 'cold-1-air', name_en: 'Cold room 1', name_zh: '冷库 1', day: '2026-11-22', expected: 1440, received: 1400, filled: 30, lost: 10, uncertain: 0, late: 44,
  share: 1430 / 1440, gaps: [{ from_at: '2026-11-22T03:00:00Z', to_at: '2026-11-22T03:10:00Z', minutes: 10, reason: 'probe_silent' }],
};

describe('the completeness of a day', () => {
  it.each([[1, 'whole', ''], [0.999, 'whole', ''], [0.9989, 'short', '◆'], [0.95, 'short', '◆'], [0.9499, 'poor', '▼'], [0, 'poor', '▼'], [null, 'none', '']])('of %j is %s, by more than colour', (share, state, mark) => {
    expect(cellState(share)).toBe(state);
    expect(cellMark(share)).toBe(mark);
  });
  it('says 100 of a whole day only', () => {
    expect(shareText(1)).toBe('100');
    expect(shareText(0.99999)).toBe('99.9');
    expect(shareText(1439 / 1440, 2)).toBe('99.93');
    expect(shareText(0)).toBe('0.0');
  });
  it('is no number when nothing was due', () => {
    expect(shareText(null)).toBe(null);
  });
  it('stands in one row for each probe', () => {
    const rows = heatOf([DAY, { ...DAY, probe: 'cold-1-load' }, { ...DAY, day: '2026-11-23' }]);
    expect(rows.map(({ probe, days }) => [probe, [...days.keys()]])).toEqual([['cold-1-air', ['2026-11-22', '2026-11-23']], ['cold-1-load', ['2026-11-22']]]);
  });
  it('tells what is missing apart from what was not due', () => {
    const gap = DAY.gaps[0];
    const idle = { from_at: '2026-11-22T04:00:00Z', to_at: '2026-11-22T09:00:00Z', minutes: 300, reason: 'not_in_use' as const };
    expect(gapsOf({ ...DAY, gaps: [...DAY.gaps, idle] })).toEqual({ missing: [gap], notDue: [idle] });
  });
  it('comes into hand when it misses most', () => {
    expect(worstOf([DAY, { ...DAY, day: '2026-11-23', lost: 11 }, { ...DAY, lost: 0 }])?.day).toBe('2026-11-23');
    expect(worstOf([{ ...DAY, lost: 0 }])).toBe(null);
  });
  it('has a column for every date of the period, in UTC', () => {
    expect(datesUntil(Date.parse('2026-03-02T00:00:00Z'), 3)).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
    expect(datesUntil(Date.parse('2026-03-01T23:59:59Z'), 1)).toEqual(['2026-03-01']);
  });
  it('is a row of the file, and each gap another one that counts nothing twice', () => {
    const [head, sums, gap] = csvRows([DAY]);
    expect(sums).toEqual(['cold-1-air', '2026-11-22', 1440, 1400, 30, 10, 0, 44, 1430 / 1440, null, null, null, null]);
    expect(gap).toEqual(['cold-1-air', '2026-11-22', null, null, null, null, null, null, null, '2026-11-22T03:00:00Z', '2026-11-22T03:10:00Z', 10, 'probe_silent']);
    expect(new Set([head?.length, sums?.length, gap?.length]).size).toBe(1);
  });
});

const CERTIFICATE: CertificateText = { certificate: ' C-77 ', laboratory: 'Metrology', made_on: '2026-05-14', due_on: '2027-05-14', offset_c: '-0,15', uncertainty_c: '0.1' };
const TODAY = '2026-11-23';

describe('a certificate', () => {
  it('is sent as typed, with numbers', () => {
    expect(certificateOf('p', CERTIFICATE, TODAY)).toEqual({ probe: 'p', certificate: 'C-77', laboratory: 'Metrology', made_on: '2026-05-14', due_on: '2027-05-14', offset_c: -0.15, uncertainty_c: 0.1 });
  });
  it.each([
    ['certificate', ' '], ['laboratory', ''], ['made_on', ''], ['made_on', '2026-11-24'], ['made_on', '14.05.2026'], ['due_on', '2026-05-14'], ['due_on', '2031-06-01'], ['due_on', '2027-02-30'],
    ['offset_c', ''], ['offset_c', '2.1'], ['offset_c', 'none'], ['uncertainty_c', '0'], ['uncertainty_c', '-0.1'], ['uncertainty_c', '1.01'],
  ] as const)('is not sent while its %s is %j', (field, typed) => {
    expect(certificateOf('p', { ...CERTIFICATE, [field]: typed }, TODAY)).toBe(field);
  });
  it.each(['2026-02-30', '2026-13-01', '2026-1-1', '20260101', 'tomorrow', '2026-01-01T00:00'])('has no date %j', (typed) => {
    expect(dateOf(typed)).toBe(null);
  });
  it('stands in the order of need', () => {
    const of = (probe: string, state: Calibration['state'], days_left: number | null) => ({ probe, state, days_left }) as Calibration;
    const items = [of('a', 'valid', 200), of('b', 'due', 9), of('c', 'none', null), of('d', 'overdue', -2), of('e', 'overdue', -40), of('f', 'valid', 40)];
    expect(byNeed(items).map(({ probe }) => probe)).toEqual(['e', 'd', 'c', 'b', 'f', 'a']);
  });
});

const TIMING = { on_delay_s: 300, off_delay_s: 0, deadband_c: 0.2, count: 0, window_s: 0 };
const LIMITS: EnvelopeLimits = { min_c: 2, max_c: 6, alert_min_c: 2.5, alert_max_c: 5.5, air: TIMING, load: { ...TIMING, on_delay_s: 60 } };
const LEGAL = { min_c: 2, max_c: 6, components: [] };
const FROZEN = { min_c: null, max_c: -18, components: [] };
const TYPED = textOf(LIMITS);
const typedAir = (air: Partial<ProposalText['air']>): ProposalText => ({ ...TYPED, air: { ...TYPED.air, ...air } });

describe('proposed limits', () => {
  it('are those in force until something else is typed', () => {
    expect(limitsOf(TYPED, LEGAL)).toEqual(LIMITS);
  });
  it('may be open where the law is', () => {
    expect(limitsOf({ ...TYPED, min_c: '', alert_min_c: '', alert_max_c: '−20', max_c: '-18,5' }, FROZEN)).toMatchObject({ min_c: null, alert_min_c: null, alert_max_c: -20, max_c: -18.5 });
  });
  it.each([
    ['number', { max_c: 'six' }],
    ['open', { min_c: '', max_c: '' }],
    ['order', { alert_max_c: '6' }],
    ['order', { alert_min_c: '1' }],
    ['order', { min_c: '5', alert_min_c: '', alert_max_c: '4.5' }],
    ['legal', { max_c: '6.1' }],
    ['legal', { min_c: '1.9' }],
    ['legal', { min_c: '' }],
  ] as const)('are refused for their %s with %j', (missing, typed) => {
    expect(limitsOf({ ...TYPED, ...typed }, LEGAL)).toBe(missing);
  });
  it.each([{ on_delay_s: '' }, { on_delay_s: '1.5' }, { off_delay_s: '-1' }, { deadband_c: '2.1' }, { deadband_c: '-0.1' }, { count: '3' }, { window_s: '600' }])('are refused for a timing with %j', (typed) => {
    expect(limitsOf(typedAir(typed), LEGAL)).toBe('timing');
  });
  it('may count readings within a window', () => {
    expect(limitsOf(typedAir({ count: '3', window_s: '600' }), LEGAL)).toMatchObject({ air: { count: 3, window_s: 600 } });
  });
});

describe('the versions of a range', () => {
  const of = (envelope: string, version: number, state: LimitVersion['state']) => ({ envelope, version, state }) as LimitVersion;
  it('stand together: what holds, and what waits', () => {
    const [cold, box] = byEnvelope([of('cold', 2, 'proposed'), of('cold', 1, 'in_force'), of('cold', 0, 'past'), of('box-cold', 0, 'in_force')]);
    expect([cold?.now.version, cold?.proposed.map(({ version }) => version), cold?.all.length]).toEqual([1, [2], 3]);
    expect([box?.envelope, box?.proposed]).toEqual(['box-cold', []]);
  });
});
