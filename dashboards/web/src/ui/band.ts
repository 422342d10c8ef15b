import type { Envelope } from '../api/types';

/** The scale of an instrument: siblings with the same limits get the same scale. */
export interface Scale {
  min: number;
  max: number;
}

/** Where a value stands against its limits. `critical` is `high` or `low` under an open priority 1 alarm. */
export type BandState = 'normal' | 'alert_high' | 'alert_low' | 'high' | 'low' | 'stale' | 'unknown';

/** How a band state is coloured; an open end of a limit runs to the end of the rail. */
export type BandTone = 'normal' | 'high' | 'low' | 'critical' | 'warning' | 'stale';

/** Room on the far side of a one-sided limit, and beyond it, in °C: -18 gives -40 to -12. */
const OPEN_SIDE_C = 22;
const BEYOND_C = 6;

export function scaleOf(envelope: Envelope): Scale {
  const { min_c: low, max_c: high } = envelope;
  if (low !== null && high !== null) {
    const half = (high - low) / 2;
    return { min: low - half, max: high + half };
  }
  if (high !== null) return { min: high - OPEN_SIDE_C, max: high + BEYOND_C };
  if (low !== null) return { min: low - BEYOND_C, max: low + OPEN_SIDE_C };
  return { min: -40, max: 30 };
}

export function bandState(value: number | null, envelope: Envelope, fresh: boolean): BandState {
  if (value === null) return 'unknown';
  if (!fresh) return 'stale';
  if (envelope.max_c !== null && value > envelope.max_c) return 'high';
  if (envelope.min_c !== null && value < envelope.min_c) return 'low';
  if (envelope.alert_max_c !== null && value > envelope.alert_max_c) return 'alert_high';
  if (envelope.alert_min_c !== null && value < envelope.alert_min_c) return 'alert_low';
  return 'normal';
}

export function toneOf(state: BandState, critical: boolean): BandTone {
  switch (state) {
    case 'normal':
      return critical ? 'critical' : 'normal';
    case 'alert_high':
    case 'high':
      return critical ? 'critical' : 'high';
    case 'alert_low':
    case 'low':
      return critical ? 'critical' : 'low';
    case 'stale':
    case 'unknown':
      return 'stale';
  }
}
