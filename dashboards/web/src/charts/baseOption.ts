import type { EChartsCoreOption } from 'echarts/core';
import { readToken } from '../theme/readTokens';

/** The colours a chart draws with, read from the tokens at the moment of drawing. */
export interface ChartColors {
  trend: string;
  trend2: string;
  ink: string;
  ink3: string;
  line: string;
  okBand: string;
  okEdge: string;
  high: string;
  low: string;
  stale: string;
  surface: string;
  raised: string;
  marker: string;
  font: string;
}

export function chartColors(): ChartColors {
  return {
    trend: readToken('--trend'),
    trend2: readToken('--trend-2'),
    ink: readToken('--ink'),
    ink3: readToken('--ink-3'),
    line: readToken('--line'),
    okBand: readToken('--ok-band'),
    okEdge: readToken('--ok-band-edge'),
    high: readToken('--abnormal-high'),
    low: readToken('--abnormal-low'),
    stale: readToken('--stale-line'),
    surface: readToken('--surface'),
    raised: readToken('--raised'),
    marker: readToken('--marker'),
    font: `'Latin punctuation', ${readToken('--font-ui')}`,
  };
}

/** What every chart shares (ui.md, "Ant Design and ECharts"); without the label ECharts would describe itself in English. */
export function baseOption(colors: ChartColors, label: string): EChartsCoreOption {
  return {
    animation: false,
    color: [colors.trend, colors.trend2, colors.ink3],
    textStyle: { fontFamily: colors.font, fontSize: 12, color: colors.ink3 },
    grid: { left: 44, right: 12, top: 12, bottom: 24 },
    aria: { enabled: true, label: { description: label } },
    tooltip: {
      trigger: 'axis',
      backgroundColor: colors.raised,
      borderColor: colors.line,
      textStyle: { color: colors.ink, fontSize: 12, fontFamily: colors.font },
      axisPointer: { lineStyle: { color: colors.okEdge } },
    },
  };
}

