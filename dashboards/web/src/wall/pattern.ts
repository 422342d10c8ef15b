import type { Wall } from '../api/types';

export type Sound = Wall['sound'];

/** Beeps of one call: pitch in hertz, when each begins (s), how long it lasts, and when the call comes again. */
export interface Pattern {
  pitchHz: number;
  beginsS: readonly number[];
  lastsS: number;
  everyS: number;
}

/** Pitch and rhythm differ, so that urgency is heard without seeing: three high beeps every three seconds are priority 1 (design). */
export const PATTERNS: Record<Sound, Pattern | null> = {
  critical: { pitchHz: 988, beginsS: [0, 0.22, 0.44], lastsS: 0.16, everyS: 3 },
  warning: { pitchHz: 740, beginsS: [0, 0.34], lastsS: 0.24, everyS: 10 },
  notice: { pitchHz: 523, beginsS: [0], lastsS: 0.3, everyS: 30 },
  none: null,
};

const LOUDEST_FIRST: readonly Sound[] = ['critical', 'warning', 'notice', 'none'];

/** What to sound: what the wall asks for, and at least a warning while the screen hears nothing. */
export function soundOf(wall: Wall | undefined, lost: boolean): Sound {
  const asked = wall?.sound ?? 'none';
  if (!lost) return asked;
  return LOUDEST_FIRST.indexOf(asked) < LOUDEST_FIRST.indexOf('warning') ? asked : 'warning';
}
