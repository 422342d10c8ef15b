import { formatNumber } from '../format/number';
import type { BandTone, Scale } from './band';
import './BandGauge.css';

interface Props {
  scale: Scale;
  low: number | null;
  high: number | null;
  alertLow?: number | null;
  alertHigh?: number | null;
  value: number | null;
  tone?: BandTone;
  labels?: boolean;
  /** What a screen reader says; without it the same numbers must stand in text beside the gauge. */
  label?: string;
}

/** Rail, alert zone, permitted band, limit ticks and a marker where the value stands now. */
export function BandGauge({ scale, low, high, alertLow = null, alertHigh = null, value, tone = 'normal', labels = false, label }: Props) {
  const at = (v: number) => Math.max(0, Math.min(100, ((v - scale.min) / (scale.max - scale.min)) * 100));
  const span = (from: number, to: number) => ({ left: `${from}%`, width: `${Math.max(0, to - from)}%` });
  const from = low === null ? 0 : at(low);
  const to = high === null ? 100 : at(high);
  const outside = outsideSpan(value, { low, high, alertLow, alertHigh }, at);
  const description = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <div className={`gauge gauge-${tone}${labels ? ' gauge-labelled' : ''}`} {...description}>
      <i className="gauge-rail" />
      <i className="gauge-alert" style={span(from, to)} />
      <i className="gauge-ok" style={span(alertLow === null ? from : at(alertLow), alertHigh === null ? to : at(alertHigh))} />
      {outside && <i className="gauge-over" style={span(...outside)} />}
      {low !== null && <i className="gauge-edge" style={{ left: `${from}%` }} />}
      {high !== null && <i className="gauge-edge" style={{ left: `${to}%` }} />}
      {value !== null && <i className="gauge-marker" style={{ left: `clamp(2px, ${at(value)}%, calc(100% - 2px))` }} />}
      {labels && low !== null && <span className="gauge-label" style={{ left: `${from}%` }}>{formatNumber(low)}</span>}
      {labels && high !== null && <span className="gauge-label" style={{ left: `${to}%` }}>{formatNumber(high)}</span>}
    </div>
  );
}

interface Limits {
  low: number | null;
  high: number | null;
  alertLow: number | null;
  alertHigh: number | null;
}

/** The part between the crossed limit and the value, filled with the state's colour. */
function outsideSpan(value: number | null, limits: Limits, at: (v: number) => number): [number, number] | null {
  if (value === null) return null;
  if (limits.low !== null && value < limits.low) return [at(value), at(limits.low)];
  if (limits.high !== null && value > limits.high) return [at(limits.high), at(value)];
  if (limits.alertHigh !== null && value > limits.alertHigh) return [at(limits.alertHigh), at(value)];
  if (limits.alertLow !== null && value < limits.alertLow) return [at(value), at(limits.alertLow)];
  return null;
}
