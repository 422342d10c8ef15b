import type { Scope } from '../api/types';
import { dinOf } from '../bags/scanText';
import { pair } from '../scan/pairs';

/** How wide a hold reaches, from one bag outwards. */
export const SCOPES = ['bag', 'donation', 'batch', 'place'] as const satisfies readonly Scope[];

/** What a label or a typed text names within a scope, in the form of the API; null when it names nothing there. */
export function subjectOf(scope: Scope, text: string): string | null {
  const given = text.trim();
  if (given === '') return null;
  if (scope === 'bag') {
    const read = pair(null, given);
    return read.kind === 'bag' ? read.bag.id : null;
  }
  return scope === 'donation' ? dinOf(given) : given;
}
