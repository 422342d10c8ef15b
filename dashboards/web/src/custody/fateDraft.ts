import type { CustodyBag, Fate, HospitalRules } from '../api/types';

/** What a person has entered of a bag's fate. */
export interface FateDraft {
  fate: Fate;
  at: string | null;
  administrator: string;
  verifier: string;
  cause: string | null;
  comment: string;
  temperatureOk: boolean | null;
  visualOk: boolean | null;
}

export type FateNeeds = 'people' | 'same_person' | 'cause' | 'comment';

/** A transfusion names who gave it and who checked; so does the waste of a bag that is on the ward already. */
export function namesPeople(draft: FateDraft, bag: Pick<CustodyBag, 'status'>): boolean {
  return draft.fate === 'transfused' || draft.fate === 'transfused_with_reaction' || (draft.fate === 'wasted' && bag.status !== 'RECEIVED');
}

/** A bag of the store is wasted on two signatures, unless the clock itself proves the cause. */
export function needsSignatures(draft: FateDraft, bag: Pick<CustodyBag, 'status'>, waste: HospitalRules['waste']): boolean {
  return draft.fate === 'wasted' && bag.status === 'RECEIVED' && waste.find(({ key }) => key === draft.cause)?.proof !== 'clock';
}

/** What is missing first; null when it may be told. */
export function fateNeeds(draft: FateDraft, bag: Pick<CustodyBag, 'status'>): FateNeeds | null {
  if (draft.fate === 'wasted' && draft.cause === null) return 'cause';
  if (namesPeople(draft, bag)) {
    if (draft.administrator.trim() === '' || draft.verifier.trim() === '') return 'people';
    if (draft.administrator.trim() === draft.verifier.trim()) return 'same_person';
  }
  return draft.fate === 'returned' && draft.comment.trim() === '' ? 'comment' : null;
}

/** The body without its signatures, every field named, as the signatures hold for it. */
export function fateBody(draft: FateDraft, bag: Pick<CustodyBag, 'status'>) {
  const people = namesPeople(draft, bag);
  const back = draft.fate === 'returned';
  return {
    fate: draft.fate,
    at: draft.at,
    administrator: people ? draft.administrator.trim() : null,
    verifier: people ? draft.verifier.trim() : null,
    cause: draft.fate === 'wasted' ? draft.cause : null,
    comment: draft.comment.trim(),
    temperature_ok: back ? draft.temperatureOk : null,
    visual_ok: back ? draft.visualOk : null,
  };
}
