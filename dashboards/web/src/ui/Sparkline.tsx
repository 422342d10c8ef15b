import type { BandTone, Scale } from './band';
import './Sparkline.css';

interface Props {
  /** Epoch milliseconds and value, oldest first; null is a gap. */
  points: readonly (readonly [number, number | null])[];
  fromMs: number;
  toMs: number;
  scale: Scale;
  low: number | null;
  high: number | null;
  tone?: BandTone;
}

/** A hole in time longer than this is a gap even when no null marks it. */
const GAP_MS = 10 * 60_000;
const WIDTH = 1000;
const HEIGHT = 100;

/** The trend of the last hours in front of its permitted band. Decorative: the numbers stand beside it. */
export function Sparkline({ points, fromMs, toMs, scale, low, high, tone = 'normal' }: Props) {
  const x = (ms: number) => ((ms - fromMs) / (toMs - fromMs)) * WIDTH;
  const y = (v: number) => Math.max(0, Math.min(HEIGHT, HEIGHT - ((v - scale.min) / (scale.max - scale.min)) * HEIGHT));
  const top = high === null ? 0 : y(high);
  const bottom = low === null ? HEIGHT : y(low);
  const visible = points.filter(([ms]) => ms >= fromMs && ms <= toMs);
  const last = visible.findLast(([, value]) => value !== null);
  return (
    <div className={`spark spark-${tone}`} aria-hidden>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        <rect className="spark-band" x="0" y={top} width={WIDTH} height={Math.max(0, bottom - top)} />
        {high !== null && <line className="spark-edge" x1="0" x2={WIDTH} y1={top} y2={top} />}
        {low !== null && <line className="spark-edge" x1="0" x2={WIDTH} y1={bottom} y2={bottom} />}
        {runs(visible).map((run) => (
          <polyline key={run[0]?.[0]} className="spark-line" points={run.map(([ms, v]) => `${x(ms).toFixed(1)},${y(v).toFixed(1)}`).join(' ')} />
        ))}
      </svg>
      {last?.[1] != null && <i className="spark-dot" style={{ left: `${x(last[0]) / 10}%`, top: `${y(last[1])}%` }} />}
    </div>
  );
}

/** Unbroken runs of values; a line never crosses a gap. */
function runs(points: Props['points']): [number, number][][] {
  const out: [number, number][][] = [];
  let run: [number, number][] = [];
  for (const [ms, value] of points) {
    const previous = run.at(-1);
    const broken = value === null || (previous && ms - previous[0] > GAP_MS);
    if (broken && run.length > 0) {
      out.push(run);
      run = [];
    }
    if (value !== null) run.push([ms, value]);
  }
  if (run.length > 0) out.push(run);
  return out;
}
