import { api } from '../api/client';
import type { ScanOutcome, Task } from '../api/types';

/** What a person does where a portal, a crane or the gate would do it. */
export type ManualAct = 'complete' | 'receive' | 'move' | 'label' | 'gate';

/** The acts that need no task; `complete` is chosen at a task. */
export const FREE_ACTS: readonly ManualAct[] = ['receive', 'move', 'label', 'gate'];

export interface Scans {
  din: string;
  product: string;
  place: string;
}

export type ScanField = keyof Scans;

/** Which labels an act wants scanned, in this order. */
export const FIELDS: Record<ManualAct, readonly ScanField[]> = {
  complete: ['din', 'product', 'place'],
  receive: ['din'],
  move: ['din', 'product', 'place'],
  label: ['din', 'product'],
  gate: ['din', 'product'],
};

export const NO_SCANS: Scans = { din: '', product: '', place: '' };

/** What came of an act, as the warehouse says it; a completed task has no sentence of its own. */
export interface Outcome {
  act: ManualAct;
  bag: string | null;
  place: string | null;
  said: ScanOutcome | null;
}

/** Do an act with what was scanned; `task` is the one to complete. */
export async function perform(act: ManualAct, scans: Scans, task: Task | null): Promise<Outcome> {
  const bag = { din_scan: scans.din.trim(), product_scan: scans.product.trim() };
  const place = scans.place.trim();
  if (act === 'complete' && task !== null) {
    const done = await api.post<Task>(`/tasks/${encodeURIComponent(task.id)}/complete`, { ...bag, at_place: place });
    return { act, bag: done.bag, place, said: null };
  }
  const said = await api.post<ScanOutcome>(`/scans/${act}`, act === 'receive' ? { din_scan: bag.din_scan } : act === 'move' ? { ...bag, to_place: place } : bag);
  return { act, bag: said.bag, place: null, said };
}
