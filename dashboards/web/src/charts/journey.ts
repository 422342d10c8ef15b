import type { CustomSeriesRenderItem } from 'echarts';
import { formatClock, formatDay } from '../format/time';
import type { Text } from '../i18n/text';
import type { ChartColors } from './baseOption';

export const STRIP_TOP = 8;
export const STRIP_HEIGHT = 32;
export const PLOT_TOP = 64;
const LABEL_PX = 40;
/** Stays shorter than this on the screen are a bar without a frame. */
const NARROW_PX = 6;

/** The axes of the temperature plot below a strip of places, which has the first ones. */
export const PLOT = { xAxisIndex: 1, yAxisIndex: 1 };

/** A tick of a time axis: the clock, and the day where a new one begins. */
export function clockLabel(ms: number, zone: string, text: Text): string {
  const clock = formatClock(ms, zone, false);
  return clock === '00:00' ? formatDay(ms, zone, text.language) : clock;
}

/** A line without a line: only its points' labels are drawn. */
export function labelSeries(name: string) {
  return { type: 'line', name, ...PLOT, silent: true, symbol: 'circle', symbolSize: 1, showSymbol: true, showAllSymbol: true, lineStyle: { width: 0 }, itemStyle: { color: 'transparent' }, tooltip: { show: false } };
}

/** A box per stay with the name of the place, cut where the box is too narrow. */
export function strip(names: readonly string[], colors: ChartColors): CustomSeriesRenderItem {
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

/** The tooltip is HTML; a name of a place is not. */
export function escapeHtml(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
