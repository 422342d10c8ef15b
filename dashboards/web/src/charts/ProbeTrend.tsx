import { useQuery } from '@tanstack/react-query';
import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { queries } from '../api/queries';
import type { Envelope } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { formatClock, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { TREND_MS } from '../live/patch';
import { Failure } from '../ui/Failure';
import type { ChartColors } from './baseOption';
import { Chart } from './Chart';
import { bandArea, gapArea, limitLines, outsideSeries } from './temperature';

const STEP_S = 60;
const REFRESH_MS = 5 * 60_000;

interface Extent {
  min: number;
  max: number;
}

/** A limit this close to the line belongs into the picture. */
const NEAR_C = 8;

function near(end: number, limit: number | null | undefined): number {
  return limit != null && Math.abs(limit - end) < NEAR_C ? limit : end;
}

/** The last two hours of one probe in its band. */
export default function ProbeTrend({ probe, envelope }: { probe: string; envelope: Envelope | null }) {
  const { t } = useText();
  const zone = useTimezone();
  const now = useDomainNow(REFRESH_MS);
  const to = now === null ? null : now + REFRESH_MS;
  const history = useQuery({
    ...queries.probeHistory(probe, new Date((to ?? 0) - TREND_MS).toISOString(), new Date(to ?? 0).toISOString(), STEP_S),
    enabled: to !== null,
    placeholderData: (previous) => previous,
  });
  const data = history.data;
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const measured = (data?.points ?? []).map(([ms, , value]) => ({ ms, value, envelope }));
      return {
      grid: { left: 36, right: 8, top: 10, bottom: 22 },
      xAxis: {
        type: 'time',
        splitNumber: 4,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { show: true, lineStyle: { color: colors.line } },
        axisLabel: { color: colors.ink3, hideOverlap: true, formatter: (ms: number) => formatClock(ms, zone, false) },
      },
      yAxis: {
        type: 'value',
        min: ({ min }: Extent) => Math.floor(Math.min(min, near(min, envelope?.min_c))) - 1,
        max: ({ max }: Extent) => Math.ceil(Math.max(max, near(max, envelope?.max_c))) + 1,
        splitNumber: 3,
        splitLine: { show: false },
        axisLabel: { color: colors.ink3, showMinLabel: false, showMaxLabel: false, formatter: (value: number) => formatNumber(value, Number.isInteger(value) ? 0 : 1) },
      },
      tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => (typeof value === 'number' ? formatTemperature(value) : '') },
      series: [
        {
          type: 'line',
          showSymbol: false,
          sampling: 'minmax',
          connectNulls: false,
          lineStyle: { width: 2, color: colors.trend },
          data: data?.points.map(([ms, , mean]) => [ms, mean]) ?? [],
          markArea: { silent: true, data: [...bandArea(envelope, colors), ...(data?.gaps ?? []).map((gap) => gapArea(instant(gap.from_at), instant(gap.to_at), colors))] },
          markLine: limitLines(envelope, colors),
        },
        outsideSeries('above', measured, colors),
        outsideSeries('below', measured, colors),
      ],
      };
    },
    [data, envelope, zone],
  );
  if (history.error) return <Failure error={history.error} onRetry={() => void history.refetch()} />;
  return <Chart label={t('alarm.trend')} option={option} />;
}
