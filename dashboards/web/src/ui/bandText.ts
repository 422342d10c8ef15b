import type { Envelope } from '../api/types';
import { formatLimit, formatTemperature } from '../format/number';
import type { Text, TextKey } from '../i18n/text';
import type { BandState } from './band';

const STATE_WORD: Record<BandState, TextKey> = {
  normal: 'cold.inBand',
  alert_high: 'cold.alertHigh',
  alert_low: 'cold.alertLow',
  high: 'cold.high',
  low: 'cold.low',
  stale: 'quality.stale',
  unknown: 'cold.noValue',
};

export function bandWord(text: Text, state: BandState): string {
  return text.t(STATE_WORD[state]);
}

/** `2 to 6 °C`, `2–6 °C`, or the one limit there is. */
export function limitsText(text: Text, envelope: Envelope): string {
  const { min_c: low, max_c: high } = envelope;
  if (low !== null && high !== null) {
    return `${formatLimit(low)}${text.pick(' to ', '–')}${formatLimit(high)}\u00a0°C`;
  }
  if (high !== null) return `≤ ${formatLimit(high)}\u00a0°C`;
  return low === null ? text.t('state.none') : `≥ ${formatLimit(low)}\u00a0°C`;
}

/** The sentence a screen reader says for a gauge. */
export function gaugeLabel(text: Text, value: number | null, envelope: Envelope, state: BandState): string {
  const limits = limitsText(text, envelope);
  if (value === null) return text.t('gauge.unknown', { limits });
  const both = envelope.min_c !== null && envelope.max_c !== null;
  return text.t(both ? 'gauge.label' : 'gauge.labelOne', { value: formatTemperature(value), limits, state: bandWord(text, state) });
}
