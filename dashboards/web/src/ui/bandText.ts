import type { Envelope } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
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
    return `${formatNumber(low)}${text.pick(' to ', '–')}${formatTemperature(high, 0)}`;
  }
  if (high !== null) return `≤ ${formatTemperature(high, 0)}`;
  return low === null ? text.t('state.none') : `≥ ${formatTemperature(low, 0)}`;
}

/** The sentence a screen reader says for a gauge. */
export function gaugeLabel(text: Text, value: number | null, envelope: Envelope, state: BandState): string {
  const limits = limitsText(text, envelope);
  if (value === null) return text.t('gauge.unknown', { limits });
  const both = envelope.min_c !== null && envelope.max_c !== null;
  return text.t(both ? 'gauge.label' : 'gauge.labelOne', { value: formatTemperature(value), limits, state: bandWord(text, state) });
}
