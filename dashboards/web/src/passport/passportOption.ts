import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Passport } from '../api/types';
import type { ChartColors } from '../charts/baseOption';
import { hatch } from '../charts/hatch';
import { clockLabel, escapeHtml, labelSeries, PLOT, PLOT_TOP, STRIP_HEIGHT, STRIP_TOP, strip } from '../charts/journey';
import { bandStep, gapArea } from '../charts/temperature';
import { siteTicks } from '../charts/ticks';
import { formatLimit, formatNumber, formatTemperature } from '../format/number';
import { formatMinutes, formatMoment, HOUR_MS, instant } from '../format/time';
import type { Text } from '../i18n/text';
import { curveOf, excursionCurve, type CurvePoint } from './curves';
import { isMute, permittedSpans, probesOf, type Gap } from './record';
import { together } from './together';

const MARGIN_C = 2;
/** A gap or an excursion is drawn at least this wide. */
const LEAST_PX = 3;
const SHADE_OPACITY = 0.28;
/** A limit further than this from all that was measured would only press the curve flat. */
const NEAR_C = 15;

/** The chart of a passport: the stays as a strip, below it the range, the limits, what was measured and what was not. */
export function passportOption(passport: Passport, text: Text, zone: string) {
  const end = instant(passport.computed_at);
  const stays = passport.stays.map((stay) => ({ from: instant(stay.from_at), to: stay.to_at === null ? end : instant(stay.to_at), name: text.name(stay) }));
  const begin = Math.min(end - HOUR_MS, ...stays.map(({ from }) => from));
  const permitted = permittedSpans(passport.limits);
  const { floor, ceiling } = scaleOf(passport);
  const probes = probesOf(passport.segments);
  const curves = probes.map((probe) => ({ probe, points: curveOf(passport.segments.filter((segment) => segment.probe === probe)) }));
  const leading = new Set(passport.segments.filter(({ probe_kind }) => probe_kind === 'load').map(({ probe }) => probe));
  const lines = passport.limits.filter(({ kind, value_c: value }) => (kind === 'place' || kind === 'absolute') && value > floor && value < ceiling);
  const ticks = siteTicks(begin, end, zone);

  return (colors: ChartColors): EChartsCoreOption => ({
    grid: [
      { left: 60, right: 24, top: STRIP_TOP, height: STRIP_HEIGHT },
      { left: 60, right: 24, top: PLOT_TOP, bottom: 26 },
    ],
    xAxis: [
      { type: 'time', gridIndex: 0, min: begin, max: end, show: false },
      {
        type: 'time', gridIndex: 1, min: begin, max: end, axisLine: { show: false },
        splitLine: { show: true, lineStyle: { color: colors.line } },
        axisTick: { show: false, customValues: ticks },
        axisLabel: { color: colors.ink3, hideOverlap: true, customValues: ticks, formatter: (ms: number) => clockLabel(ms, zone, text) },
      },
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, min: 0, max: 1, axisLabel: { show: false }, splitLine: { show: false }, axisLine: { show: false }, axisTick: { show: false }, name: text.t('bag.place'), nameLocation: 'middle', nameRotate: 0, nameGap: 26, nameTextStyle: { color: colors.ink3 } },
      { type: 'value', gridIndex: 1, min: floor, max: ceiling, splitNumber: 5, splitLine: { show: false }, axisLabel: { color: colors.ink3, showMinLabel: false, showMaxLabel: false, formatter: (value: number) => formatNumber(value) }, name: '°C', nameLocation: 'end', nameGap: 4, nameTextStyle: { color: colors.ink3, align: 'right', padding: [0, 12, 0, 0] } },
    ],
    tooltip: { trigger: 'axis', axisPointer: { type: 'line' }, formatter: (items: unknown) => tooltip(items, curves, stays, zone, text) },
    series: [
      { type: 'custom', name: 'places', xAxisIndex: 0, yAxisIndex: 0, data: stays.map((stay) => [stay.from, stay.to]), renderItem: strip(stays.map(({ name }) => name), colors), silent: true, tooltip: { show: false } },
      {
        ...labelSeries('bands'), data: [], z: 0,
        markArea: {
          silent: true,
          data: [
            ...permitted.map((span) => bandStep({ ...span, alert_min_c: null, alert_max_c: null }, span.fromMs, span.toMs, floor, ceiling, colors)),
            ...passport.gaps.filter(isMute).map((gap) => gapArea(instant(gap.from_at), instant(gap.to_at), colors)),
          ],
        },
      },
      limitLines(lines, colors),
      gapBands(passport.gaps, colors),
      ...curves.flatMap(({ probe, points }) => curve(probe, points, leading.has(probe), colors)),
      ...passport.excursions.filter(({ verdict }) => verdict !== 'brief').map((excursion) => ({
        type: 'line', name: 'excursion', ...PLOT, silent: true, showSymbol: false, connectNulls: false, z: 5, tooltip: { show: false },
        lineStyle: { width: excursion.verdict === 'outside' ? 2.8 : 1.4, color: excursion.side === 'above' ? colors.high : colors.low },
        data: excursionCurve(excursion, curves.find(({ probe }) => probe === excursion.probe)?.points ?? [], end),
      })),
      excursionLabels(passport, end, colors, text),
      gapLabels(passport.gaps.filter(isMute), ceiling, colors, text),
    ],
  });
}

/** What the chart must show: all that was measured or can have been, and every limit that is near it. */
function scaleOf({ segments, gaps, limits }: Passport): { floor: number; ceiling: number } {
  const measured = segments.flatMap(({ min_c: low, max_c: high }) => [low, high]).filter((value) => value !== null);
  const possible = gaps.flatMap(({ min_c: low, max_c: high }) => [low, high]).filter((value) => value !== null);
  const known = [...measured, ...possible];
  const near = limits.map(({ value_c: value }) => value).filter((value) => known.length === 0 || known.some((one) => Math.abs(one - value) < NEAR_C));
  const all = [...known, ...near];
  if (all.length === 0) return { floor: 0, ceiling: 10 };
  return { floor: Math.floor(Math.min(...all) - MARGIN_C), ceiling: Math.ceil(Math.max(...all) + MARGIN_C) };
}

/** One probe: from the least to the greatest value of each step, and the middle of them as a line. */
function curve(probe: string, points: readonly CurvePoint[], leads: boolean, colors: ChartColors) {
  const color = leads ? colors.trend : colors.trend2;
  const render: CustomSeriesRenderItem = (_, api) => {
    const [left = 0, top = 0] = api.coord([api.value(0), api.value(2)]);
    const [right = 0, bottom = 0] = api.coord([Number(api.value(0)) + Number(api.value(3)), api.value(1)]);
    return { type: 'rect', shape: { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) }, style: { fill: color, opacity: SHADE_OPACITY } };
  };
  return [
    { type: 'custom', name: 'shade', ...PLOT, silent: true, clip: true, z: 2, tooltip: { show: false }, data: points.flatMap(({ ms, low, high, stepMs }) => (low === null || high === null ? [] : [[ms, low, high, stepMs]])), encode: { x: 0, y: [1, 2] }, renderItem: render },
    { type: 'line', name: probe, ...PLOT, showSymbol: false, connectNulls: false, z: leads ? 4 : 3, lineStyle: { width: leads ? 2 : 1.1, color }, data: points.map(({ ms, low, high }) => [ms, low === null || high === null ? null : (low + high) / 2]) },
  ];
}

/** Alarm limits of the places, solid, and the limits that blood does not survive, dashed, each for the time in which it held. */
function limitLines(lines: Passport['limits'], colors: ChartColors) {
  const render: CustomSeriesRenderItem = (params, api) => {
    const [left = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
    const [right = 0] = api.coord([api.value(1), api.value(2)]);
    const absolute = lines[params.dataIndex]?.kind === 'absolute';
    return { type: 'line', shape: { x1: left, y1: y, x2: right, y2: y }, style: { stroke: absolute ? colors.ink3 : colors.okEdge, lineWidth: 1.2, lineDash: absolute ? [5, 4] : undefined } };
  };
  return { type: 'custom', name: 'limits', ...PLOT, silent: true, clip: true, z: 1, tooltip: { show: false }, data: lines.map(({ from_at: from, to_at: to, value_c: value }) => [instant(from), instant(to), value]), encode: { x: [0, 1], y: 2 }, renderItem: render };
}

/** The band that the temperature can have been in while nothing, or only a neighbour, spoke. */
function gapBands(gaps: readonly Gap[], colors: ChartColors) {
  const known = gaps.flatMap((gap) => (gap.min_c === null || gap.max_c === null ? [] : [[instant(gap.from_at), instant(gap.to_at), gap.min_c, gap.max_c, isMute(gap) ? 1 : 0]]));
  const fill = hatch(colors);
  const render: CustomSeriesRenderItem = (_, api) => {
    const [left = 0, top = 0] = api.coord([api.value(0), api.value(3)]);
    const [right = 0, bottom = 0] = api.coord([api.value(1), api.value(2)]);
    const mute = api.value(4) === 1;
    return { type: 'rect', shape: { x: left, y: top, width: Math.max(LEAST_PX, right - left), height: Math.max(LEAST_PX, bottom - top) }, style: { fill: mute ? 'transparent' : fill, stroke: colors.ink3, lineWidth: 1 } };
  };
  return { type: 'custom', name: 'gap bands', ...PLOT, silent: true, clip: true, z: 2, tooltip: { show: false }, data: known, encode: { x: [0, 1], y: [2, 3] }, renderItem: render };
}

function excursionLabels(passport: Passport, end: number, colors: ChartColors, { t, language }: Text) {
  const data = together(passport.excursions).filter(({ verdict }) => verdict === 'outside').map((one) => {
    const above = one.side === 'above';
    const words = t(above ? 'bag.excursionAbove' : 'bag.excursionBelow', { minutes: formatMinutes(one.minutes, language), limit: `${formatLimit(one.limit_c)}\u00a0°C`, worst: formatNumber(one.worst_c, 1) });
    return {
      value: [(instant(one.from_at) + (one.to_at === null ? end : instant(one.to_at))) / 2, one.worst_c],
      label: { formatter: `${above ? '▲' : '▼'} ${words}`, color: above ? colors.high : colors.low, position: above ? 'top' : 'bottom' },
    };
  });
  return { ...labelSeries('excursions'), z: 6, label: { show: true, fontSize: 13, fontWeight: 600, distance: 8 }, labelLayout: { hideOverlap: true, moveOverlap: 'shiftY' }, data };
}

function gapLabels(gaps: readonly Gap[], ceiling: number, colors: ChartColors, { t, language }: Text) {
  const data = gaps.map((gap) => ({
    value: [instant(gap.from_at), ceiling],
    label: { formatter: t('bag.gap', { minutes: formatMinutes(gap.minutes, language) }), color: colors.ink, backgroundColor: colors.surface, padding: [1, 4] },
  }));
  return { ...labelSeries('gaps'), z: 6, label: { show: true, position: 'right', fontSize: 12, distance: 2, offset: [0, 12] }, labelLayout: { hideOverlap: true }, data };
}

interface NamedStay {
  from: number;
  to: number;
  name: string;
}

function tooltip(items: unknown, curves: readonly { probe: string; points: readonly CurvePoint[] }[], stays: readonly NamedStay[], zone: string, text: Text): string {
  const list = Array.isArray(items) ? (items as { seriesName?: string; value?: unknown }[]) : [];
  const readings = list.filter(({ seriesName, value }) => Array.isArray(value) && curves.some(({ probe }) => probe === seriesName));
  const [ms] = (readings[0]?.value ?? []) as number[];
  if (ms === undefined) return '';
  const place = stays.find(({ from, to }) => from <= ms && ms <= to)?.name ?? '';
  const lines = readings.map(({ seriesName, value }) => {
    const [at] = value as number[];
    const point = curves.find(({ probe }) => probe === seriesName)?.points.find((one) => one.ms === at);
    const said = point === undefined || point.low === null || point.high === null ? text.t('cold.noValue') : rangeText(point.low, point.high);
    return `<b>${said}</b> ${escapeHtml(seriesName ?? '')}`;
  });
  return [`${formatMoment(ms, zone, text.language)} ${escapeHtml(place)}`, ...lines].join('<br>');
}

/** `4.1 °C`, or `4.1 … 4.6 °C` where a step held more than one value. */
export function rangeText(low: number, high: number): string {
  const [from, to] = [formatNumber(low, 1), formatNumber(high, 1)];
  return from === to ? formatTemperature(low) : `${from} … ${formatTemperature(high)}`;
}
