/** What a key press on a screen may ask for; `go:a` is `G` and then `A`. */
export type Shortcut = 'search' | 'scan' | 'acknowledge' | 'shelve' | 'help' | 'close' | `go:${string}`;

const SINGLE: Record<string, Shortcut> = { '/': 'search', a: 'acknowledge', s: 'shelve', '?': 'help' };

/** How long `G` waits for its second letter. */
export const CHORD_MS = 1200;

export interface KeyPress {
  key: string;
  /** Somebody is typing into a field: single letters mean themselves. */
  inField: boolean;
  /** `G` was pressed a moment ago. */
  afterG: boolean;
  /** Single letters are switched on by this person. */
  letters: boolean;
}

/** The shortcut of a key press, `g` when it opens a chord, null when it means nothing here. */
export function shortcutOf({ key, inField, afterG, letters }: KeyPress): Shortcut | 'g' | null {
  if (key === 'F2') return 'scan';
  if (inField) return null;
  if (key === 'Escape') return 'close';
  if (!letters) return null;
  const lower = key.toLowerCase();
  if (afterG) return /^[a-z]$/.test(lower) ? `go:${lower}` : null;
  return lower === 'g' ? 'g' : (SINGLE[lower] ?? null);
}
