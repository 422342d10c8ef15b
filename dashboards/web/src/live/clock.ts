import type { Clock } from '../api/types';
import { instant } from '../format/time';

/** Domain time as the server last told it; between two messages it advances with the steady clock of the browser. */
export interface ClockAnchor {
  domainMs: number;
  rate: number;
  heardMs: number;
}

export function anchorOf(clock: Clock, heardMs: number): ClockAnchor {
  return { domainMs: instant(clock.domain_now), rate: clock.rate, heardMs };
}

/** Domain time in epoch milliseconds; never taken from the wall clock of this computer. */
export function domainNow(anchor: ClockAnchor, steadyMs: number): number {
  return anchor.domainMs + (steadyMs - anchor.heardMs) * anchor.rate;
}
