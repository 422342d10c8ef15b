import type { Alarm, Blast, Rescue, RescueRequest } from '../api/types';

/** What a person has chosen to do with the blood behind an alarm. */
export interface RescueDraft {
  which: 'all' | 'chosen';
  hold: boolean;
  move: boolean;
  replan: boolean;
  comment: string;
}

export const NO_RESCUE: RescueDraft = { which: 'all', hold: false, move: true, replan: false, comment: '' };

/** What still stands in the way of doing it. */
export type RescueNeeds = 'act' | 'bags';

/** Does blood lie in a place behind this alarm, which could be carried away? */
export function hasBlast(alarm: Alarm): boolean {
  return alarm.place !== null && alarm.stake.bags > 0 && alarm.state !== 'normal';
}

/** The bags that were chosen and still lie there, in the order of the blast. */
export function stillThere(blast: Blast, chosen: ReadonlySet<string>): string[] {
  return blast.bags.map(({ bag }) => bag).filter((bag) => chosen.has(bag));
}

/** The body of the request, or the first thing that is missing; a plan without a way out moves nothing. */
export function rescueWish(draft: RescueDraft, plan: Rescue, chosen: readonly string[]): RescueRequest | RescueNeeds {
  const move = draft.move && plan.moves.length > 0;
  if (!draft.hold && !move && !draft.replan) return 'act';
  if (draft.which === 'chosen' && chosen.length === 0) return 'bags';
  return { bags: draft.which === 'all' ? 'all' : [...chosen], hold: draft.hold, move, replan: draft.replan, comment: draft.comment.trim() };
}

export interface Mark {
  shape: string;
  tone: '' | 'critical' | 'warning';
}

/** How an answer that can be yes, no or unknown is drawn beside its word: unknown never looks like yes. */
export function fitMark(fits: boolean | null): Mark {
  if (fits === null) return { shape: '◆', tone: 'warning' };
  return fits ? { shape: '✓', tone: '' } : { shape: '▲', tone: 'critical' };
}

export interface Bar {
  /** Share of the rail that is work, in percent. */
  work: number;
  /** Where the time ends on the same rail, in percent; null when nobody knows the time. */
  end: number | null;
}

/** Work against the time left, on one rail that holds both. */
export function barOf(needed: number, left: number | null, most = Math.max(needed, left ?? 0)): Bar {
  if (most <= 0) return { work: 0, end: left === null ? null : 100 };
  return { work: Math.min(100, (needed / most) * 100), end: left === null ? null : Math.min(100, (left / most) * 100) };
}

/** The name of a slot: that of the nearest place around it that has one, and the rest of its path. */
export function slotName(names: ReadonlyMap<string, string>, path: string): string {
  const parts = path.split('/');
  for (let known = parts.length; known > 0; known -= 1) {
    const name = names.get(parts.slice(0, known).join('/'));
    if (name !== undefined) return [name, ...parts.slice(known)].join(' · ');
  }
  return path;
}
