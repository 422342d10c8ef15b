import type { EChartsCoreOption } from 'echarts/core';
import type { Bag, BagTemperatureHistory, Envelope, Excursion, TemperatureSegment } from '../api/types';
import type { ChartColors } from '../charts/baseOption';
import { clockLabel, escapeHtml, labelSeries, PLOT, PLOT_TOP, STRIP_HEIGHT, STRIP_TOP, strip } from '../charts/journey';
import { siteTicks } from '../charts/ticks';
import { bandStep, gapArea, outsideSeries } from '../charts/temperature';
import { formatLimit, formatNumber, formatTemperature } from '../format/number';
import { formatMinutes, formatMoment, HOUR_MS, instant, MINUTE_MS } from '../format/time';
import type { Text } from '../i18n/text';

type Point = [number, number | null];

/** The option of the passport chart: the strip of places above, the temperature below, one time axis; `probes` in order of weight. */
export function historyOption(bag: Bag, history: BagTemperatureHistory, nowMs: number, probes: readonly string[], text: Text, zone: string) {
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

  const gaps = gapsOf(history);
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
        axisLabel: { color: colors.ink3, hideOverlap: true, customValues: ticks, formatter: (ms: number) => clockLabel(ms, zone, text) },
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
      formatter: (items: unknown) => tooltip(items, probes, stays, zone, text),
    },
    series: [
      { type: 'custom', name: 'places', xAxisIndex: 0, yAxisIndex: 0, data: stays.map((stay) => [stay.from, stay.to]), renderItem: strip(stays.map((stay) => stay.name), colors), silent: true, tooltip: { show: false } },
      ...probes.map((probe, index) => probeLine(probe, index === 0, history, colors)),
      {
        ...labelSeries('bands'),
        data: [],
        markArea: {
          silent: true,
          data: [
            ...bandsOf(history).map(({ envelope, from, to }) => bandStep(envelope, from, to, floor, ceiling, colors)),
            ...gaps.map((gap) => gapArea(gap.from, gap.to, colors)),
          ],
        },
        markLine: { silent: true, symbol: 'none', lineStyle: { color: colors.stale, type: 'dotted' }, label: { show: false }, data: [{ xAxis: nowMs }] },
      },
      { ...outsideSeries('above', measured, colors), ...PLOT },
      { ...outsideSeries('below', measured, colors), ...PLOT },
      excursionLabels(bag.excursions, nowMs, colors, text),
      gapLabels(gaps, ceiling, colors, text),
    ],
  });
}

/** The temperature by one probe; the first is the one that says how the blood is, the others stand behind it. */
function probeLine(probe: string, leads: boolean, history: BagTemperatureHistory, colors: ChartColors) {
  const own = history.segments.filter((segment) => segment.probe === probe);
  const last = own.at(-1)?.points.at(-1);
  return {
    type: 'line',
    name: probe,
    ...PLOT,
    showSymbol: false,
    connectNulls: false,
    z: leads ? 3 : 2,
    lineStyle: { width: leads ? 1.8 : 1.2, color: leads ? colors.trend : colors.trend2 },
    data: broken(own),
    markPoint: {
      silent: true,
      symbol: 'circle',
      symbolSize: 7,
      itemStyle: { color: colors.marker },
      label: { position: 'top', distance: 6, color: colors.ink, fontSize: 13, fontWeight: 600 },
      data: leads && last ? [{ coord: last, value: formatNumber(last[1], 1) }] : [],
    },
  };
}

/** The points of segments with a hole between two of them: a line never crosses what was not measured. */
function broken(segments: readonly TemperatureSegment[]): Point[] {
  return segments.flatMap(({ points }) => {
    const last = points.at(-1);
    return last ? [...points.map(([ms, value]): Point => [ms, value]), [last[0] + 1, null] as Point] : [];
  });
}

/** One permitted band per stay, though several probes may cover it. */
function bandsOf(history: BagTemperatureHistory): BandSpan[] {
  const spans: BandSpan[] = [];
  for (const { envelope, points } of history.segments) {
    const from = points[0]?.[0];
    const to = points.at(-1)?.[0];
    if (!envelope || from === undefined || to === undefined) continue;
    const known = spans.find((span) => from <= span.to && to >= span.from && span.envelope.min_c === envelope.min_c && span.envelope.max_c === envelope.max_c);
    if (known) {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
    } else spans.push({ envelope, from, to });
  }
  return spans;
}

interface BandSpan {
  envelope: Envelope;
  from: number;
  to: number;
}

interface GapSpan {
  from: number;
  to: number;
}

/** Times without any reading; gaps of several probes that touch are one. */
function gapsOf(history: BagTemperatureHistory): GapSpan[] {
  const spans: GapSpan[] = [];
  const sorted = history.gaps.map((gap) => ({ from: instant(gap.from_at), to: instant(gap.to_at) })).sort((a, b) => a.from - b.from);
  for (const gap of sorted) {
    const last = spans.at(-1);
    if (last && gap.from <= last.to) last.to = Math.max(last.to, gap.to);
    else spans.push(gap);
  }
  return spans;
}

function excursionLabels(excursions: Excursion[], nowMs: number, colors: ChartColors, { t, language }: Text) {
  const data = excursions.map((excursion) => {
    const from = instant(excursion.from_at);
    const to = excursion.to_at === null ? nowMs : instant(excursion.to_at);
    const above = excursion.kind === 'above';
    const words = t(above ? 'bag.excursionAbove' : 'bag.excursionBelow', {
      minutes: formatMinutes(excursion.minutes, language),
      limit: `${formatLimit(excursion.limit_c)}\u00a0°C`,
      worst: formatNumber(excursion.worst_c, 1),
    });
    return {
      value: [(from + to) / 2, excursion.worst_c],
      label: { formatter: `${above ? '▲' : '▼'} ${words}`, color: above ? colors.high : colors.low, position: above ? 'top' : 'bottom' },
    };
  });
  return { ...labelSeries('excursions'), label: { show: true, fontSize: 13, fontWeight: 600, distance: 8 }, labelLayout: { hideOverlap: true }, data };
}

function gapLabels(gaps: readonly GapSpan[], ceiling: number, colors: ChartColors, { t, language }: Text) {
  const data = gaps.map(({ from, to }) => ({
    value: [to, ceiling],
    label: { formatter: t('bag.gap', { minutes: formatMinutes((to - from) / MINUTE_MS, language) }), color: colors.ink },
  }));
  return { ...labelSeries('gaps'), label: { show: true, position: 'right', fontSize: 12, distance: 6, offset: [0, 12] }, labelLayout: { hideOverlap: true }, data };
}

interface NamedStay {
  from: number;
  to: number;
  name: string;
}

function tooltip(items: unknown, probes: readonly string[], stays: NamedStay[], zone: string, text: Text): string {
  const list = Array.isArray(items) ? (items as { seriesName?: string; value?: unknown }[]) : [];
  const readings = list.filter((item) => probes.includes(item.seriesName ?? '') && Array.isArray(item.value));
  const [ms] = (readings[0]?.value ?? []) as number[];
  if (ms === undefined) return '';
  const place = stays.find((stay) => stay.from <= ms && ms <= stay.to)?.name ?? '';
  const lines = readings.map((item) => {
    const [, value] = item.value as Point;
    return `<b>${value === null ? text.t('cold.noValue') : formatTemperature(value)}</b> ${escapeHtml(item.seriesName ?? '')}`;
  });
  return [`${formatMoment(ms, zone, text.language)} ${escapeHtml(place)}`, ...lines].join('<br>');
}
