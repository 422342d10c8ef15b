import type { Consignment, ConsignmentItem, ItemState } from '../api/types';

/** States that somebody has to answer for, in the order of the work. */
export const QUESTIONS = ['missing', 'unknown', 'extra', 'double'] as const satisfies readonly ItemState[];

export type Question = (typeof QUESTIONS)[number];

/** The numbers of one kind that nobody has answered for yet. */
export function openItems(consignment: Consignment, state: Question): ConsignmentItem[] {
  return consignment.items.filter((item) => item.state === state && item.resolved === null);
}

/** How many numbers of a consignment still want an answer. */
export function openQuestions(consignment: Consignment): number {
  return QUESTIONS.reduce((sum, state) => sum + openItems(consignment, state).length, 0);
}
