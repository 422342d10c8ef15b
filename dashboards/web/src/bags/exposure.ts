import type { Bag } from '../api/types';

export type Exposure = Bag['exposure'];

/** How loud the clock must be: a bag that may not be issued again is out of band, one that nobody can judge is never normal. */
export function exposureTone(exposure: Exposure): 'high' | 'warning' | 'muted' | 'label' {
  if (exposure.verdict === 'not_for_reissue') return 'high';
  if (exposure.verdict === 'quarantine' || exposure.verdict === 'unknown' || exposure.running) return 'warning';
  return exposure.verdict === null ? 'muted' : 'label';
}

/** The longest times out of control first; one that lasts stands before all others. */
export function byWeight(events: Exposure['events']): Exposure['events'] {
  return [...events].sort((a, b) => Number(b.in_at === null) - Number(a.in_at === null) || b.minutes - a.minutes);
}
