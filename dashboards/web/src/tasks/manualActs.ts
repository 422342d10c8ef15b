import { api } from '../api/client';
import type { BagSummary, GateVerdict, Task } from '../api/types';

/** What a person does where a portal, a crane or the gate would do it. */
export type ManualAct = 'complete' | 'receive' | 'move' | 'gate';

/** The acts that need no task; `complete` is chosen at a task. */
export const FREE_ACTS: readonly ManualAct[] = ['receive', 'move', 'gate'];

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
  gate: ['din', 'product'],
};

export const NO_SCANS: Scans = { din: '', product: '', place: '' };

/** What came of an act: the bag, where it is now if the act says so, and why the gate refused it if it did. */
export interface Outcome {
  act: ManualAct;
  bag: string;
  place: string | null;
  refusals: GateVerdict['reasons'];
}

/** Do an act with what was scanned; `task` is the one to complete. */
export async function perform(act: ManualAct, scans: Scans, task: Task | null): Promise<Outcome> {
  const bag = { din_scan: scans.din.trim(), product_scan: scans.product.trim() };
  const place = scans.place.trim();
  if (act === 'gate') {
    const verdict = await api.post<GateVerdict>('/scans/gate', bag);
    return { act, bag: verdict.bag, place: null, refusals: verdict.reasons };
  }
  if (act === 'complete' && task !== null) {
    const done = await api.post<Task>(`/tasks/${encodeURIComponent(task.id)}/complete`, { ...bag, at_place: place });
    return { act, bag: done.bag, place, refusals: [] };
  }
  const found = act === 'receive' ? await api.post<BagSummary>('/scans/receive', { din_scan: bag.din_scan }) : await api.post<BagSummary>('/scans/move', { ...bag, to_place: place });
  return { act, bag: found.id, place: found.place, refusals: [] };
}
