import { useQuery } from '@tanstack/react-query';
import { coldQueries } from '../api/coldQueries';
import { useClock, useDomainNow, useTimezone } from '../live/LiveContext';
import { telling, type Telling } from './untold';

/** What decides whether a silence is one now; null before the first clock. */
export function useTelling(): Telling | null {
  const now = useDomainNow(5_000);
  const clock = useClock();
  const zone = useTimezone();
  const ladder = useQuery(coldQueries.ladder());
  return now === null || clock === null ? null : telling(now, clock.rate, ladder.data?.ladders ?? [], zone);
}
