import type { Envelope } from '../api/types';
import type { ChartColors } from './baseOption';
import { hatch } from './hatch';

/** Far outside any thermometer here: the open end of a one-sided limit. */
const OPEN_LOW_C = -200;
const OPEN_HIGH_C = 200;
const BAND_OPACITY = 0.38;

/** The permitted band behind a line, over all time. */
export function bandArea(envelope: Envelope | null, colors: ChartColors) {
  if (!envelope) return [];
  return [
    [
      { yAxis: envelope.min_c ?? OPEN_LOW_C, itemStyle: { color: colors.okBand, opacity: BAND_OPACITY } },
      { yAxis: envelope.max_c ?? OPEN_HIGH_C },
    ],
  ];
}

/** The permitted band of one stay: it steps with the place. */
export function bandStep(envelope: Envelope, fromMs: number, toMs: number, floor: number, ceiling: number, colors: ChartColors) {
  return [
    {
      coord: [fromMs, envelope.min_c ?? floor],
      itemStyle: { color: colors.okBand, opacity: BAND_OPACITY, borderColor: colors.okEdge, borderWidth: 1 },
    },
    { coord: [toMs, envelope.max_c ?? ceiling] },
  ];
}

/** A time without readings, hatched. */
export function gapArea(fromMs: number, toMs: number, colors: ChartColors) {
  return [{ xAxis: fromMs, itemStyle: { color: hatch(colors), opacity: 1 } }, { xAxis: toMs }];
}

export function limitLines(envelope: Envelope | null, colors: ChartColors) {
  const limits = [envelope?.min_c, envelope?.max_c].filter((limit) => limit !== null && limit !== undefined);
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: colors.okEdge, width: 1.5, type: 'solid' as const },
    data: limits.map((limit) => ({ yAxis: limit })),
  };
}

export type Side = 'above' | 'below';

/** The part of a line that left its band, drawn over it in the colour of its side. */
export function outsideSeries(side: Side, points: readonly MeasuredPoint[], colors: ChartColors) {
  const data = points.map(({ ms, value, envelope }) => {
    const limit = side === 'above' ? envelope?.max_c : envelope?.min_c;
    const left = limit != null && (side === 'above' ? value > limit : value < limit);
    return [ms, left ? value : null];
  });
  return {
    type: 'line' as const,
    name: side,
    showSymbol: false,
    connectNulls: false,
    silent: true,
    tooltip: { show: false },
    lineStyle: { width: 2.6, color: side === 'above' ? colors.high : colors.low },
    data,
  };
}

export interface MeasuredPoint {
  ms: number;
  value: number;
  envelope: Envelope | null;
}
