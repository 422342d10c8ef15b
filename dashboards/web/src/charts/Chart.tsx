import type { EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { usePreferences } from '../app/preferences';
import { baseOption, chartColors, type ChartColors } from './baseOption';
import { echarts } from './echarts';

interface Props {
  label: string;
  /** Called again when the data or the theme changes. */
  option: (colors: ChartColors) => EChartsCoreOption;
}

/** A chart that fills its box, keeps the shared look and redraws with the theme. */
export function Chart({ label, option }: Props) {
  const { theme } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof echarts.init>>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = echarts.init(element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    const colors = chartColors();
    chart.current?.setOption({ ...baseOption(colors, label), ...option(colors) }, { notMerge: true });
  }, [option, theme, label]);
  return <div ref={box} role="img" aria-label={label} style={{ width: '100%', height: '100%' }} />;
}
