/** One bar of the rate chart: the fullest ten minutes of its stretch. */
export interface Bar {
  fromMs: number;
  most: number;
}

/** The period in `count` equal stretches, each with its fullest ten minutes; periods that are not named had no alarm. */
export function barsOf(periods: readonly (readonly [number, number])[], fromMs: number, toMs: number, count: number): Bar[] {
  const stretch = Math.max(1, (toMs - fromMs) / count);
  const bars = Array.from({ length: count }, (_, index) => ({ fromMs: fromMs + index * stretch, most: 0 }));
  for (const [ms, n] of periods) {
    const bar = bars[Math.min(count - 1, Math.max(0, Math.floor((ms - fromMs) / stretch)))];
    if (bar !== undefined) bar.most = Math.max(bar.most, n);
  }
  return bars;
}
