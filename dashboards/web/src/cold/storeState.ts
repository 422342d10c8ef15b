import type { ColdStore } from '../api/types';
import { bandState, toneOf, type BandState, type BandTone } from '../ui/band';

type StoreProbe = ColdStore['probes'][number];

/** How one probe stands in the limits of its store; without limits nobody can say. */
export function probeState(probe: StoreProbe, envelope: ColdStore['envelope']): BandState {
  if (envelope === null) return 'unknown';
  return bandState(probe.value_c, envelope, probe.quality === 'good' || probe.quality === 'uncertain');
}

export function probeTone(probe: StoreProbe, envelope: ColdStore['envelope']): BandTone {
  return toneOf(probeState(probe, envelope), false);
}

/** How soon a person should look at a store, 0 first. A state that nobody knows is never the last. */
export function urgencyOf(store: ColdStore): number {
  const states = store.probes.map((probe) => probeState(probe, store.envelope));
  if (states.some((state) => state === 'high' || state === 'low')) return 0;
  if (store.alarms.length > 0 || store.power === false) return 1;
  if (states.some((state) => state === 'alert_high' || state === 'alert_low')) return 2;
  if (states.length === 0 || states.some((state) => state === 'stale' || state === 'unknown')) return 3;
  if (store.suspended_until !== null || store.door_open === true) return 4;
  if (store.duty?.state === 'overdue' || store.probes.some(({ calibration }) => calibration === 'overdue')) return 5;
  return 6;
}

const QUIET = 5;

/** Does it need a look now? */
export function isAbnormal(store: ColdStore): boolean {
  return urgencyOf(store) < QUIET;
}

/** Those that need a look first; within that the order of the plant. */
export function byUrgency(stores: readonly ColdStore[]): ColdStore[] {
  return [...stores].sort((a, b) => urgencyOf(a) - urgencyOf(b));
}

/** The first state that a heading should name. */
export function worstState(store: ColdStore): BandState {
  const order: BandState[] = ['high', 'low', 'alert_high', 'alert_low', 'stale', 'unknown', 'normal'];
  const states = store.probes.map((probe) => probeState(probe, store.envelope));
  return order.find((state) => states.includes(state)) ?? 'unknown';
}
