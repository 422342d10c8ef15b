import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import type { Batch } from '../api/types';
import { Chart } from '../charts/Chart';
import type { ChartColors } from '../charts/baseOption';
import { formatNumber, formatTemperature } from '../format/number';
import { useText } from '../i18n/text';

/** Lines around the limits keep this much room. */
const ROOM_C = 5;

/** The core of the bags over the minutes of a freezing run, with the target and the time in which it must be reached. */
export default function FreezingCurve({ batch }: { batch: Batch }) {
  const { t } = useText();
  const { curve, target_c: target, minutes_to_target: minutes, limit_minutes: limit } = batch;
  const unit = t('prep.minutes');
  const label = t('prep.curveLabel', { target: target === null ? t('state.none') : formatTemperature(target, 0), limit: limit ?? t('state.none') });
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const last = Math.max(limit ?? 0, ...curve.map(([minute]) => minute));
      const late = minutes === null || (limit !== null && minutes > limit);
      const axisLabel = { color: colors.ink3, hideOverlap: true };
      const lines = [
        ...(limit === null ? [] : [{ xAxis: limit, label: { show: true, position: 'insideEndTop', color: colors.ink3, formatter: `${formatNumber(limit)} ${unit}` } }]),
        ...(target === null ? [] : [{ yAxis: target, label: { show: true, position: 'insideEndTop', color: colors.ink3, formatter: formatTemperature(target, 0) } }]),
      ];
      return {
        grid: { left: 40, right: 14, top: 12, bottom: 24 },
        xAxis: { type: 'value', min: 0, max: Math.ceil(last / 10) * 10 + 10, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: colors.line } }, axisLabel: { ...axisLabel, formatter: (value: number) => formatNumber(value) } },
        yAxis: { type: 'value', scale: true, min: ({ min }: { min: number }) => Math.floor(Math.min(min, target ?? min)) - ROOM_C, splitNumber: 4, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { ...axisLabel, showMinLabel: false, formatter: (value: number) => formatNumber(value) } },
        tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => (typeof value === 'number' ? formatTemperature(value) : '') },
        series: [
          {
            type: 'line',
            showSymbol: false,
            lineStyle: { width: 2, color: late ? colors.high : colors.trend },
            data: curve.map(([minute, value]) => [Math.round(minute * 10) / 10, value]),
            markArea: target === null ? undefined : { silent: true, itemStyle: { color: colors.okBand, opacity: 0.38 }, data: [[{ coord: [0, target] }, { coord: [limit ?? last, -200] }]] },
            markLine: { silent: true, symbol: 'none', lineStyle: { color: colors.okEdge, width: 1.5, type: 'solid' }, data: lines },
            markPoint: minutes === null || target === null ? undefined : { silent: true, symbol: 'circle', symbolSize: 8, itemStyle: { color: late ? colors.high : colors.marker }, label: { show: false }, data: [{ coord: [minutes, target] }] },
          },
        ],
      };
    },
    [curve, target, minutes, limit, unit],
  );
  return <Chart label={label} option={option} />;
}
