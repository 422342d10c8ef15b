import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Clock } from '../api/types';
import { domainNow, type ClockAnchor } from './clock';
import { freshnessOf, type Freshness } from './freshness';

/**
 * What the stream has told, outside React's state so that a tick redraws only what shows time. `tickMs` is the moment of the
 * last tick: every reader sees the same one until the next, however long drawing takes (domain time may run a thousand times
 * faster than ours, and a snapshot that changes while it is drawn is drawn for ever).
 */
export interface LiveStore {
  clock: Clock | null;
  anchor: ClockAnchor | null;
  heardMs: number;
  tickMs: number;
  subscribe: (onTick: () => void) => () => void;
}

export const LiveContext = createContext<LiveStore | null>(null);

export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error('useLiveStore outside LiveProvider');
  return store;
}

/** Domain time, rounded down to `stepMs` so that a component redraws no more often than it can show. Null before the first clock. */
export function useDomainNow(stepMs = 1000): number | null {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => {
    if (!store.anchor) return null;
    return Math.floor(domainNow(store.anchor, store.tickMs) / stepMs) * stepMs;
  });
}

export function useClock(): Clock | null {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => store.clock);
}

/** The site's time zone; UTC until the first clock has come. */
export function useTimezone(): string {
  return useClock()?.site.timezone ?? 'UTC';
}

/** Real milliseconds since the stream last said anything, in steps of 100 ms. */
export function useStreamAge(): number {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => Math.max(0, Math.floor((store.tickMs - store.heardMs) / 100) * 100));
}

export function useFreshness(): Freshness {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => freshnessOf(store.tickMs - store.heardMs));
}
