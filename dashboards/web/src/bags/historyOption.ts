import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Bag, BagTemperatureHistory, Excursion } from '../api/types';
import type { ChartColors } from '../charts/baseOption';
import { siteTicks } from '../charts/ticks';
import { bandStep, gapArea, outsideSeries } from '../charts/temperature';
import { formatNumber, formatTemperature } from '../format/number';
import { formatClock, formatDay, formatMinutes, formatMoment, HOUR_MS, instant, MINUTE_MS } from '../format/time';
import type { Text } from '../i18n/text';

const STRIP_TOP = 8;
const STRIP_HEIGHT = 32;
const PLOT_TOP = 64;
const LABEL_PX = 40;
/** Stays shorter than this on the screen are a bar without a frame. */
const NARROW_PX = 6;

/** The axes of the temperature plot; the strip of places has the first ones. */
const PLOT = { xAxisIndex: 1, yAxisIndex: 1 };

type Point = [number, number | null];

/** The option of the passport chart: the strip of places above, the temperature below, one time axis. */
export function historyOption(bag: Bag, history: BagTemperatureHistory, nowMs: number, text: Text, zone: string) {
  const stays = bag.stays.map((stay) => ({
    from: instant(stay.from_at),
    to: stay.to_at === null ? nowMs : instant(stay.to_at),
    name: text.name(stay),
  }));
  const begin = Math.min(nowMs - HOUR_MS, ...stays.map((stay) => stay.from));
  const values = history.segments.flatMap((segment) => segment.points.map(([, value]) => value));
  const limits = history.segments.flatMap(({ envelope }) => [envelope?.min_c, envelope?.max_c]).filter((limit) => limit != null);
  const measured = history.segments.flatMap(({ envelope, points }) => points.map(([ms, value]) => ({ ms, value, envelope })));
  const floor = Math.floor(Math.min(0, ...values, ...limits) - 2);
  const ceiling = Math.ceil(Math.max(8, ...values, ...limits) + 2);

  const ticks = siteTicks(begin, nowMs, zone);

  return (colors: ChartColors): EChartsCoreOption => ({
    grid: [
      { left: 60, right: 24, top: STRIP_TOP, height: STRIP_HEIGHT },
      { left: 60, right: 24, top: PLOT_TOP, bottom: 26 },
    ],
    xAxis: [
      { type: 'time', gridIndex: 0, min: begin, max: nowMs, show: false },
      {
        type: 'time',
        gridIndex: 1,
        min: begin,
        max: nowMs,
        axisLine: { show: false },
        splitLine: { show: true, lineStyle: { color: colors.line } },
        axisTick: { show: false, customValues: ticks },
        axisLabel: { color: colors.ink3, hideOverlap: true, customValues: ticks, formatter: (ms: number) => axisLabel(ms, zone, text) },
      },
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, min: 0, max: 1, show: true, axisLabel: { show: false }, splitLine: { show: false }, axisLine: { show: false }, axisTick: { show: false }, name: text.t('bag.place'), nameLocation: 'middle', nameRotate: 0, nameGap: 26, nameTextStyle: { color: colors.ink3 } },
      {
        type: 'value',
        gridIndex: 1,
        min: floor,
        max: ceiling,
        splitNumber: 5,
        splitLine: { show: false },
        axisLabel: { color: colors.ink3, showMinLabel: false, showMaxLabel: false, formatter: (value: number) => formatNumber(value) },
        name: '°C',
        nameLocation: 'end',
        nameGap: 4,
        nameTextStyle: { color: colors.ink3, align: 'right', padding: [0, 12, 0, 0] },
      },
    ],
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'line' },
      formatter: (items: unknown) => tooltip(items, stays, zone, text),
    },
    series: [
      { type: 'custom', name: 'places', xAxisIndex: 0, yAxisIndex: 0, data: stays.map((stay) => [stay.from, stay.to]), renderItem: strip(stays.map((stay) => stay.name), colors), silent: true, tooltip: { show: false } },
      {
        type: 'line',
        name: 'temperature',
        ...PLOT,
        showSymbol: false,
        connectNulls: false,
        lineStyle: { width: 1.7, color: colors.trend },
        data: broken(history),
        markArea: {
          silent: true,
          data: [
            ...history.segments.flatMap((segment) => {
              const first = segment.points[0];
              const last = segment.points.at(-1);
              return segment.envelope && first && last ? [bandStep(segment.envelope, first[0], last[0], floor, ceiling, colors)] : [];
            }),
            ...history.gaps.map((gap) => gapArea(instant(gap.from_at), instant(gap.to_at), colors)),
          ],
        },
        markLine: { silent: true, symbol: 'none', lineStyle: { color: colors.stale, type: 'dotted' }, label: { show: false }, data: [{ xAxis: nowMs }] },
        markPoint: { silent: true, symbol: 'circle', symbolSize: 7, itemStyle: { color: colors.marker }, label: { position: 'top', distance: 6, color: colors.ink, fontSize: 13, fontWeight: 600 }, data: lastPoint(history) },
      },
      { ...outsideSeries('above', measured, colors), ...PLOT },
      { ...outsideSeries('below', measured, colors), ...PLOT },
      excursionLabels(bag.excursions, nowMs, colors, text),
      gapLabels(history, ceiling, colors, text),
    ],
  });
}

function axisLabel(ms: number, zone: string, text: Text): string {
  const clock = formatClock(ms, zone, false);
  return clock === '00:00' ? formatDay(ms, zone, text.language) : clock;
}

/** The points of all segments, with a hole between two of them and in each gap: a line never crosses what was not measured. */
function broken(history: BagTemperatureHistory): Point[] {
  const points: Point[] = history.segments.flatMap((segment) => {
    const last = segment.points.at(-1);
    return last ? [...segment.points.map(([ms, value]): Point => [ms, value]), [last[0] + 1, null] as Point] : [];
  });
  for (const gap of history.gaps) points.push([instant(gap.from_at) + 1, null]);
  return points.sort(([a], [b]) => a - b);
}

function lastPoint(history: BagTemperatureHistory) {
  const last = history.segments.at(-1)?.points.at(-1);
  return last ? [{ coord: last, value: formatNumber(last[1], 1) }] : [];
}

function excursionLabels(excursions: Excursion[], nowMs: number, colors: ChartColors, { t, language }: Text) {
  const data = excursions.map((excursion) => {
    const from = instant(excursion.from_at);
    const to = excursion.to_at === null ? nowMs : instant(excursion.to_at);
    const above = excursion.kind === 'above';
    const words = t(above ? 'bag.excursionAbove' : 'bag.excursionBelow', {
      minutes: formatMinutes(excursion.minutes, language),
      limit: formatTemperature(excursion.limit_c, 0),
      worst: formatNumber(excursion.worst_c, 1),
    });
    return {
      value: [(from + to) / 2, excursion.worst_c],
      label: { formatter: `${above ? '▲' : '▼'} ${words}`, color: above ? colors.high : colors.low, position: above ? 'top' : 'bottom' },
    };
  });
  return { ...labelSeries('excursions'), label: { show: true, fontSize: 13, fontWeight: 600, distance: 8 }, labelLayout: { hideOverlap: true }, data };
}

function gapLabels(history: BagTemperatureHistory, ceiling: number, colors: ChartColors, { t, language }: Text) {
  const data = history.gaps.map((gap) => ({
    value: [instant(gap.to_at), ceiling],
    label: { formatter: t('bag.gap', { minutes: formatMinutes((instant(gap.to_at) - instant(gap.from_at)) / MINUTE_MS, language) }), color: colors.ink },
  }));
  return { ...labelSeries('gaps'), label: { show: true, position: 'right', fontSize: 12, distance: 6, offset: [0, 12] }, labelLayout: { hideOverlap: true }, data };
}

/** A line without a line: only its points' labels are drawn. */
function labelSeries(name: string) {
  return { type: 'line', name, ...PLOT, silent: true, symbol: 'circle', symbolSize: 1, showSymbol: true, showAllSymbol: true, lineStyle: { width: 0 }, itemStyle: { color: 'transparent' }, tooltip: { show: false } };
}

/** A box per stay with the name of the place, cut where the box is too narrow. */
function strip(names: string[], colors: ChartColors): CustomSeriesRenderItem {
  return (params, api) => {
    const [left = 0, top = 0] = api.coord([api.value(0), 1]);
    const [right = 0, bottom = 0] = api.coord([api.value(1), 0]);
    const width = Math.max(1, right - left - 1.5);
    if (width < NARROW_PX) {
      return { type: 'rect', shape: { x: left, y: (top + bottom) / 2 - 3, width, height: 6 }, style: { fill: colors.trend2 } };
    }
    return {
      type: 'rect',
      shape: { x: left, y: top, width, height: bottom - top, r: 2 },
      style: { fill: colors.raised, stroke: colors.okEdge },
      textContent: width < LABEL_PX ? undefined : { type: 'text', style: { text: names[params.dataIndex] ?? '', fill: colors.ink, fontSize: 12, fontFamily: colors.font, width: width - 14, overflow: 'truncate' } },
      textConfig: { position: 'insideLeft', distance: 8 },
    };
  };
}

interface NamedStay {
  from: number;
  to: number;
  name: string;
}

function tooltip(items: unknown, stays: NamedStay[], zone: string, text: Text): string {
  const list = Array.isArray(items) ? (items as { seriesName?: string; value?: unknown }[]) : [];
  const hit = list.find((item) => item.seriesName === 'temperature')?.value;
  if (!Array.isArray(hit)) return '';
  const [ms, value] = hit as Point;
  const place = stays.find((stay) => stay.from <= ms && ms <= stay.to)?.name ?? '';
  const reading = value === null ? text.t('cold.noValue') : formatTemperature(value);
  return `${formatMoment(ms, zone, text.language)}<br><b>${reading}</b> ${escapeHtml(place)}`;
}

/** The tooltip is HTML; a name of a place is not. */
function escapeHtml(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
