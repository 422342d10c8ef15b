import { describe, expect, it, vi } from 'vitest';
import type { HistoryEvent, ProbeHistory } from '../src/api/types';
import type { ChartColors } from '../src/charts/baseOption';
import { endOf, RANGES, SPAN } from '../src/cold/ranges';
import { eventsOf, figuresOf, judged, LANES, limitsAt, meanLine, missingMinutes, silences } from '../src/cold/unitHistory';
import { unitOption } from '../src/cold/unitOption';
import { textFor } from '../src/i18n/text';

// The pattern is drawn on a canvas, which only a browser has.
vi.mock('../src/charts/hatch', () => ({ hatch: () => 'hatch' }));

const at = (clock: string) => `2026-11-23T${clock}:00Z`;
const ms = (clock: string) => Date.parse(at(clock));

const LIMITS = { version: 0, from_at: at('00:00'), to_at: at('02:00'), min_c: 2, max_c: 6, alert_min_c: 2.5, alert_max_c: 5.5 };
const TIGHTER = { ...LIMITS, version: 1, from_at: at('02:00'), to_at: null, max_c: 5 };
const DOOR: HistoryEvent = { kind: 'door', id: 'cold-1-door', from_at: at('01:05'), to_at: at('01:12'), value_c: null };
const LOAD: ProbeHistory = {
  probe: 'cold-1-load',
  points: [[ms('01:00'), 3.9, 4.1, 4.3], [ms('01:10'), 4, 5.2, 6.6], [ms('02:30'), 5, 5.2, 5.4]],
  gaps: [{ from_at: at('00:00'), to_at: at('01:00') }, { from_at: at('01:20'), to_at: at('02:30') }],
  quality_counts: { good: 30, uncertain: 2, bad: 1, stale: 0 },
  limits: [LIMITS, TIGHTER],
  events: [
    DOOR,
    { kind: 'excursion', id: 'x-1', from_at: at('02:30'), to_at: null, value_c: 5.4 },
  ],
};
const AIR: ProbeHistory = {
  ...LOAD,
  probe: 'cold-1-air',
  gaps: [{ from_at: at('00:30'), to_at: at('01:40') }],
  limits: [LIMITS],
  events: [DOOR, { kind: 'defrost', id: 'cold-1', from_at: at('00:40'), to_at: at('00:50'), value_c: null }],
};

describe('the history of a probe', () => {
  it('breaks its line in every gap', () => {
    expect(meanLine(LOAD)).toEqual([[ms('00:00') + 1, null], [ms('01:00'), 4.1], [ms('01:10'), 5.2], [ms('01:20') + 1, null], [ms('02:30'), 5.2]]);
  });
  it('is judged by the limits of its time', () => {
    expect(judged(LOAD).map(({ envelope }) => envelope?.max_c)).toEqual([6, 6, 5]);
    expect(limitsAt(LOAD.limits, ms('02:00'))).toBe(TIGHTER);
  });
  it('has no limits where none are told', () => {
    expect(limitsAt([{ ...LIMITS, from_at: at('05:00') }], ms('01:00'))).toBe(null);
    expect(judged({ ...LOAD, limits: [] }).every(({ envelope }) => envelope === null)).toBe(true);
  });
  it('tells least and greatest of all readings, not of the means', () => {
    expect(figuresOf(LOAD)).toEqual({ least: 3.9, mean: (4.1 + 5.2 + 5.2) / 3, greatest: 6.6 });
  });
  it('has no figures when nothing good was read', () => {
    expect(figuresOf({ ...LOAD, points: [] })).toBe(null);
  });
  it('misses no minute that is still to come', () => {
    expect(missingMinutes(LOAD, ms('02:00'))).toBe(60 + 40);
    expect(missingMinutes(LOAD, ms('00:00'))).toBe(0);
  });
});

describe('the history of a store', () => {
  it('tells what each of its probes knows of it once, in order', () => {
    expect(eventsOf([LOAD, AIR]).map(({ kind }) => kind)).toEqual(['defrost', 'door', 'excursion']);
  });
  it('is silent only while all its probes are', () => {
    expect(silences([LOAD, AIR])).toEqual([[ms('00:30'), ms('01:00')], [ms('01:20'), ms('01:40')]]);
    expect(silences([LOAD])).toEqual([[ms('00:00'), ms('01:00')], [ms('01:20'), ms('02:30')]]);
    expect(silences([{ ...LOAD, gaps: [] }, AIR])).toEqual([]);
    expect(silences([])).toEqual([]);
  });
});

const COLORS = Object.fromEntries(['trend', 'trend2', 'ink', 'ink3', 'line', 'okBand', 'okEdge', 'high', 'low', 'stale', 'surface', 'raised', 'marker', 'font'].map((name) => [name, name])) as unknown as ChartColors;
const PERIOD = { fromMs: ms('00:00'), toMs: ms('03:00'), nowMs: ms('02:40'), stepMs: 600_000 };
const LABELS = new Map([['cold-1-load', '负载'], ['cold-1-air', '空气']]);

interface Series {
  type: string;
  name: string;
  data: unknown[];
  connectNulls?: boolean;
  endLabel?: { formatter: string };
  markArea?: { data: { coord?: [number, number]; xAxis?: number }[][] };
}

function drawn(histories: readonly ProbeHistory[]) {
  const option = unitOption(histories, LABELS, PERIOD, textFor('zh'), 'Asia/Shanghai')(COLORS);
  const series = option.series as Series[];
  const named = (name: string) => series.filter((one) => one.name === name);
  return { option, named };
}

describe('the chart of a store', () => {
  const { option, named } = drawn([LOAD, AIR]);
  it('marks each event in the strip of its kind, one that lasts up to now', () => {
    const lane = (kind: string) => LANES.findIndex((one) => one === kind);
    expect(named('events')[0]?.data).toEqual([
      [ms('00:40'), ms('00:50'), lane('defrost')],
      [ms('01:05'), ms('01:12'), lane('door')],
      [ms('02:30'), ms('02:40'), lane('excursion')],
    ]);
  });
  it('names every strip and the end of every line in the language of the reader', () => {
    const [strips] = option.yAxis as [{ data: string[] }];
    expect(strips.data).toEqual(['超限', '开门', '除霜', '压缩机', '断电', '暂停监测', '人工读数']);
    expect(named('cold-1-load')[0]?.endLabel?.formatter).toBe('负载');
  });
  it('draws the band of each version of the limits for its own time', () => {
    const bands = named('bands')[0]?.markArea?.data.flatMap(([begin, end]) => (begin?.coord ? [[begin.coord, end?.coord]] : []));
    expect(bands).toEqual([
      [[ms('00:00'), 2], [ms('02:00'), 6]],
      [[ms('02:00'), 2], [ms('03:00'), 5]],
    ]);
  });
  it('never joins what was not measured, and hatches the strips where nothing is known', () => {
    for (const probe of LABELS.keys()) expect(named(probe)[0]?.connectNulls).toBe(false);
    expect(named('silent')[0]?.markArea?.data.map(([from, to]) => [from?.xAxis, to?.xAxis])).toEqual([[ms('00:30'), ms('01:00')], [ms('01:20'), ms('01:40')]]);
  });
  it('colours what left the limits of its time', () => {
    const above = named('above')[0]?.data as [number, number | null][];
    expect(above.map(([, value]) => value)).toEqual([null, null, 5.2]);
  });
  it('stands with a store of which nothing is known at all', () => {
    const nothing = drawn([{ ...LOAD, points: [], gaps: [{ from_at: at('00:00'), to_at: at('03:00') }], limits: [], events: [] }]);
    const [, plot] = nothing.option.yAxis as [unknown, { min: number; max: number }];
    expect(plot.min).toBeLessThan(plot.max);
    expect(nothing.named('silent')[0]?.markArea?.data.map(([from, to]) => [from?.xAxis, to?.xAxis])).toEqual([[ms('00:00'), ms('02:40')]]);
  });
});

describe('a period', () => {
  it.each(RANGES)('%s ends at a full step, so that nothing is asked again at every tick', (range) => {
    const end = endOf(ms('02:41'), range);
    expect(end).toBeGreaterThanOrEqual(ms('02:41'));
    expect(end % (SPAN[range].stepS * 1000)).toBe(0);
    expect(endOf(end - 1, range)).toBe(end);
  });
});
