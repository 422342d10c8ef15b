import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { HistoryEvent, ProbeHistory } from '../api/types';
import type { ChartColors } from '../charts/baseOption';
import { bandStep, gapArea, outsideSeries } from '../charts/temperature';
import { siteTicks } from '../charts/ticks';
import { formatNumber, formatTemperature } from '../format/number';
import { formatClock, formatDay, formatMoment, instant } from '../format/time';
import type { Text } from '../i18n/text';
import { eventsOf, judged, LANES, meanLine, silences, type Lane } from './unitHistory';

const LANE_PX = 15;
const LANES_TOP = 8;
const PLOT = { xAxisIndex: 1, yAxisIndex: 1 };
const LEFT = 96;
const RIGHT = 52;
/** A moment is drawn this wide. */
const LEAST_PX = 2;
const SHADE_OPACITY = 0.28;

export interface UnitPeriod {
  fromMs: number;
  toMs: number;
  nowMs: number;
  stepMs: number;
}

/** The chart of a unit: strips of what happened above, all probes below in the band of their time, one time axis. */
export function unitOption(histories: readonly ProbeHistory[], labels: ReadonlyMap<string, string>, period: UnitPeriod, text: Text, zone: string) {
  const { fromMs, toMs, nowMs, stepMs } = period;
  const events = eventsOf(histories);
  const limits = histories[0]?.limits ?? [];
  const spans = limits.map((limit) => ({ limit, from: Math.max(fromMs, instant(limit.from_at)), to: limit.to_at === null ? toMs : Math.min(toMs, instant(limit.to_at)) }));
  const values = histories.flatMap(({ points }) => points.flatMap(([, least, , greatest]) => [least, greatest]));
  const edges = limits.flatMap(({ min_c: low, max_c: high }) => [low, high]).filter((edge) => edge !== null);
  const near = edges.filter((edge) => values.length === 0 || values.some((value) => Math.abs(value - edge) < 20));
  const all = [...values, ...near];
  const floor = Math.floor(Math.min(...(all.length > 0 ? all : [0])) - 1);
  const ceiling = Math.ceil(Math.max(...(all.length > 0 ? all : [10])) + 1);
  const ticks = siteTicks(fromMs, toMs, zone);
  const plotTop = LANES_TOP + LANES.length * LANE_PX + 12;

  return (colors: ChartColors): EChartsCoreOption => ({
    grid: [
      { left: LEFT, right: RIGHT, top: LANES_TOP, height: LANES.length * LANE_PX },
      { left: LEFT, right: RIGHT, top: plotTop, bottom: 26 },
    ],
    xAxis: [
      { type: 'time', gridIndex: 0, min: fromMs, max: toMs, show: false },
      {
        type: 'time', gridIndex: 1, min: fromMs, max: toMs, axisLine: { show: false },
        splitLine: { show: true, lineStyle: { color: colors.line } },
        axisTick: { show: false, customValues: ticks },
        axisLabel: { color: colors.ink3, hideOverlap: true, customValues: ticks, formatter: (ms: number) => tick(ms, zone, text) },
      },
    ],
    yAxis: [
      { type: 'category', gridIndex: 0, inverse: true, data: LANES.map((lane) => text.t(`unit.lane.${lane}`)), axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: colors.line } }, axisLabel: { color: colors.ink3, interval: 0, fontSize: 12 } },
      { type: 'value', gridIndex: 1, min: floor, max: ceiling, splitNumber: 5, splitLine: { show: false }, axisLabel: { color: colors.ink3, showMinLabel: false, showMaxLabel: false, formatter: (value: number) => formatTemperature(value, Number.isInteger(value) ? 0 : 1) } },
    ],
    tooltip: { trigger: 'axis', axisPointer: { type: 'line' }, formatter: (items: unknown) => tooltip(items, histories, labels, zone, text) },
    series: [
      laneSeries(events, nowMs, colors),
      hatchSeries(silences(histories), fromMs, nowMs, colors),
      ...histories.map((history, nth) => shadeSeries(history, stepMs, nth === 0 ? colors.trend : colors.trend2)),
      ...histories.map((history, nth) => ({
        type: 'line', name: history.probe, ...PLOT, showSymbol: false, connectNulls: false, sampling: 'minmax', z: nth === 0 ? 4 : 3,
        lineStyle: { width: nth === 0 ? 1.8 : 1.2, color: nth === 0 ? colors.trend : colors.trend2 }, data: meanLine(history),
        endLabel: { show: true, formatter: labels.get(history.probe) ?? history.probe, color: colors.ink3, fontSize: 12, distance: 4 }, labelLayout: { moveOverlap: 'shiftY' },
      })),
      {
        type: 'line', name: 'bands', ...PLOT, silent: true, data: [], tooltip: { show: false },
        markArea: {
          silent: true,
          data: [
            ...spans.filter(({ from, to }) => from < to).map(({ limit, from, to }) => bandStep(limit, from, to, floor, ceiling, colors)),
            ...(histories[0]?.gaps ?? []).map((gap) => gapArea(Math.max(fromMs, instant(gap.from_at)), Math.min(nowMs, instant(gap.to_at)), colors)),
          ],
        },
        markLine: { silent: true, symbol: 'none', lineStyle: { color: colors.stale, type: 'dotted' }, label: { show: false }, data: [{ xAxis: nowMs }] },
      },
      ...histories.flatMap((history) => [
        { ...outsideSeries('above', judged(history), colors), ...PLOT, z: 5 },
        { ...outsideSeries('below', judged(history), colors), ...PLOT, z: 5 },
      ]),
    ],
  });
}

function tick(ms: number, zone: string, text: Text): string {
  const clock = formatClock(ms, zone, false);
  return clock === '00:00' ? formatDay(ms, zone, text.language) : clock;
}

/** What draws the eye; everything else that happens in a store is its usual work. */
const ABNORMAL: readonly (Lane | undefined)[] = ['excursion', 'power'];

/** Excursions, doors, defrosts, compressor, lost power, suspensions and readings by hand, each in its strip. */
function laneSeries(events: readonly HistoryEvent[], nowMs: number, colors: ChartColors) {
  const shown = events.flatMap((event) => {
    const lane = LANES.findIndex((one) => one === event.kind);
    return lane < 0 ? [] : [[instant(event.from_at), event.to_at === null ? nowMs : instant(event.to_at), lane]];
  });
  const render: CustomSeriesRenderItem = (params, api) => {
    const lane = Number(api.value(2));
    const [left = 0, middle = 0] = api.coord([api.value(0), lane]);
    const [right = 0] = api.coord([api.value(1), lane]);
    const plot = params.coordSys as unknown as { x: number; width: number };
    const from = Math.max(plot.x, left);
    const to = Math.min(plot.x + plot.width, Math.max(right, left + LEAST_PX));
    if (to <= from) return null;
    return { type: 'rect', shape: { x: from, y: middle - 4, width: to - from, height: 8 }, style: { fill: ABNORMAL.includes(LANES[lane]) ? colors.high : colors.okEdge } };
  };
  return { type: 'custom', name: 'events', xAxisIndex: 0, yAxisIndex: 0, silent: true, tooltip: { show: false }, data: shown, encode: { x: [0, 1], y: 2 }, renderItem: render };
}

/** Times without any good reading, hatched over the strips too: what is not told there is not known. */
function hatchSeries(silent: readonly [number, number][], fromMs: number, nowMs: number, colors: ChartColors) {
  const areas = silent.map(([from, to]) => gapArea(Math.max(fromMs, from), Math.min(nowMs, to), colors));
  return { type: 'line', name: 'silent', xAxisIndex: 0, yAxisIndex: 0, silent: true, data: [], tooltip: { show: false }, markArea: { silent: true, data: areas } };
}

/** From the least to the greatest value of each step. */
function shadeSeries(history: ProbeHistory, stepMs: number, color: string) {
  const render: CustomSeriesRenderItem = (_, api) => {
    const [left = 0, top = 0] = api.coord([api.value(0), api.value(2)]);
    const [right = 0, bottom = 0] = api.coord([Number(api.value(0)) + stepMs, api.value(1)]);
    return { type: 'rect', shape: { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) }, style: { fill: color, opacity: SHADE_OPACITY } };
  };
  return { type: 'custom', name: 'shade', ...PLOT, silent: true, clip: true, z: 2, tooltip: { show: false }, data: history.points.map(([ms, least, , greatest]) => [ms, least, greatest]), encode: { x: 0, y: [1, 2] }, renderItem: render };
}

function tooltip(items: unknown, histories: readonly ProbeHistory[], labels: ReadonlyMap<string, string>, zone: string, text: Text): string {
  const list = Array.isArray(items) ? (items as { seriesName?: string; value?: unknown }[]) : [];
  const shown = list.filter(({ seriesName, value }) => Array.isArray(value) && histories.some(({ probe }) => probe === seriesName));
  const [ms] = (shown[0]?.value ?? []) as number[];
  if (ms === undefined) return '';
  const lines = shown.map(({ seriesName, value }) => {
    const [at, mean] = value as [number, number | null];
    const point = histories.find(({ probe }) => probe === seriesName)?.points.find(([begin]) => begin === at);
    const range = point === undefined ? '' : ` (${formatNumber(point[1], 1)} … ${formatNumber(point[3], 1)})`;
    return `<b>${mean === null ? text.t('cold.noValue') : formatTemperature(mean)}</b>${range} ${labels.get(seriesName ?? '') ?? ''}`;
  });
  return [formatMoment(ms, zone, text.language), ...lines].join('<br>');
}
