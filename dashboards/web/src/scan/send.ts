import { api } from '../api/client';
import type { ScanOutcome } from '../api/types';
import { perform, type ManualAct } from '../tasks/manualActs';
import type { Task } from '../api/types';
import { codesOf, type Round, type ScanAct } from './acts';

/** What was chosen before the first scan, as it is sent and as it is called. */
export interface Subject {
  id: string;
  label: string;
  /** The hospital of a stop. */
  hospital?: string;
  /** The task with its bag. */
  task?: Task;
}

/** How a person closed a box. */
export interface Answers {
  coolant_ok: boolean;
  logger_started: boolean;
}

const enc = encodeURIComponent;
const BY_HAND: Partial<Record<ScanAct, ManualAct>> = { receive: 'receive', move: 'move', label: 'label', gate: 'gate' };

/** Tell the warehouse; it answers with what came of it. A completed task has no sentence of its own: null. */
export async function send(act: ScanAct, round: Round, subject: Subject | null, answers: Answers | null): Promise<ScanOutcome | null> {
  const scans = { din: round.scans.din ?? '', product: round.scans.product ?? '', place: round.scans.place ?? '' };
  const manual = BY_HAND[act];
  if (manual !== undefined) return (await perform(manual, scans, null)).said;
  if (act === 'task') return (await perform('complete', scans, subject?.task ?? null)).said;
  const { path, body } = requestOf(act, round, subject, answers);
  return api.post<ScanOutcome>(path, body);
}

/** Address and body of the acts that only the scanner has. */
export function requestOf(act: ScanAct, round: Round, subject: Subject | null, answers: Answers | null): { path: string; body: unknown } {
  const bag = codesOf(round.scans);
  const id = enc(subject?.id ?? '');
  switch (act) {
    case 'put_away':
      return { path: '/scans/put-away', body: { ...bag, to_place: round.scans.place } };
    case 'pack':
      return { path: '/scans/pack', body: { ...bag, box: round.kept } };
    case 'take_out':
      return { path: '/scans/take-out', body: { ...bag, box: round.kept } };
    case 'close':
      return { path: '/scans/pack/close', body: { box: round.scans.box, ...answers } };
    case 'box_check':
      return { path: '/scans/box-check', body: { box: round.kept, items: round.list } };
    case 'let_go':
      return { path: '/scans/let-go', body: { shipment: subject?.id, items: round.list } };
    case 'load':
      return { path: `/trips/${id}/load`, body: { box: round.scans.box } };
    case 'hand_over':
      return { path: `/trips/${id}/hand-over`, body: { hospital: subject?.hospital, box: round.scans.box } };
    case 'return':
      return { path: `/returns/${id}/receive`, body: bag };
    case 'count':
      return { path: `/counts/${id}/scan`, body: round.place === null ? bag : { ...bag, at_place: round.place } };
    default:
      return { path: `/scans/${act}`, body: bag };
  }
}
