import type { TextKey } from '../i18n/text';

type Bound = 'red_days' | 'amber_days' | 'preamber_days' | 'target_days' | 'near_days';

/** What a person has typed so far. */
export type BandText = Record<Bound, string> & { use: Record<string, string> };

export const BOUNDS: readonly (readonly [Bound, TextKey])[] = [
  ['red_days', 'bands.red'],
  ['amber_days', 'bands.amber'],
  ['preamber_days', 'bands.preamber'],
  ['target_days', 'bands.target'],
  ['near_days', 'bands.near'],
];

export const GROUPS = ['O+', 'A+', 'B+', 'AB+', 'O-', 'A-', 'B-', 'AB-'] as const;

/** The number a person typed; null for anything that is not a plain number of 0 or more. */
export function numberOf(typed: string): number | null {
  return /^\d+(\.\d+)?$/.test(typed.trim()) ? Number(typed) : null;
}

export interface BandWish extends Record<Bound, number> {
  daily_use: Record<string, number>;
}

/** The band as the API wants it; `numbers` when a field is none, `order` when the days do not rise. */
export function wishOf(text: BandText): BandWish | 'numbers' | 'order' {
  const use: Record<string, number> = {};
  for (const [group, typed] of Object.entries(text.use)) {
    const found = numberOf(typed);
    if (found === null) return 'numbers';
    use[group] = found;
  }
  const [red, amber, preamber, target, near] = BOUNDS.map(([key]) => numberOf(text[key]));
  if (red == null || amber == null || preamber == null || target == null || near == null) return 'numbers';
  if (!(red > 0 && red < amber && amber < preamber && preamber < target && near > 0)) return 'order';
  return { red_days: red, amber_days: amber, preamber_days: preamber, target_days: target, near_days: near, daily_use: use };
}
