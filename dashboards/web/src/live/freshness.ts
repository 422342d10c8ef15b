/** Silence after which the age is set in bold, then after which the whole page counts as stale (ui.md, Freshness). */
export const AGEING_MS = 5_000;
export const STALE_MS = 15_000;

/** `lost`: the page is old. `ageing`: later than expected. `live`: as it should be. */
export type Freshness = 'live' | 'ageing' | 'lost';

export function freshnessOf(ageMs: number): Freshness {
  if (ageMs > STALE_MS) return 'lost';
  return ageMs > AGEING_MS ? 'ageing' : 'live';
}
