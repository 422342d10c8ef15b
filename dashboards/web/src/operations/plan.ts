import type { HandOperation } from '../api/types';
import type { ReadBag } from '../scan/pairs';

/** What a person has entered of an operation, as text until it is sent. */
export interface HandDraft {
  bags: readonly ReadBag[];
  pieces: number;
  volumes: readonly string[];
  measures: Readonly<Record<string, string>>;
  reason: string;
}

export const NEW_DRAFT: HandDraft = { bags: [], pieces: 2, volumes: [], measures: {}, reason: '' };

/** One operation among those of its kind. */
export function operationKey(one: HandOperation): string {
  return `${one.operation} ${one.inputs.join('+')} ${one.output ?? ''}`;
}

/** What stands in the way of doing it, in the order in which a person would put it right. */
export type Missing = { what: 'bags'; n: number } | { what: 'too_many'; n: number } | { what: 'volume'; n: number } | { what: 'measure'; name_en: string; name_zh: string } | { what: 'reason' };

const LEAST_REASON = 3;

/** How many volumes are asked for: as many as the operation says, else one for each piece. */
export function volumesOf(operation: HandOperation, pieces: number): number {
  return operation.volumes ?? pieces;
}

function positive(text: string | undefined): number | null {
  const value = Number((text ?? '').trim().replace(',', '.'));
  return (text ?? '').trim() !== '' && Number.isFinite(value) && value > 0 ? value : null;
}

function figure(text: string | undefined): number | null {
  const value = Number((text ?? '').trim().replace(',', '.'));
  return (text ?? '').trim() !== '' && Number.isFinite(value) ? value : null;
}

/** Null when everything is there. A measure that lies outside its limits is no obstacle: it is told, and what was made is held. */
export function missingOf(operation: HandOperation, draft: HandDraft): Missing | null {
  if (draft.bags.length < operation.min_parents) return { what: 'bags', n: operation.min_parents - draft.bags.length };
  if (draft.bags.length > operation.max_parents) return { what: 'too_many', n: operation.max_parents };
  for (let nth = 0; nth < volumesOf(operation, draft.pieces); nth += 1) {
    if (positive(draft.volumes[nth]) === null) return { what: 'volume', n: nth + 1 };
  }
  for (const measure of operation.measures) {
    if (figure(draft.measures[measure.name]) === null) return { what: 'measure', name_en: measure.name_en, name_zh: measure.name_zh };
  }
  return operation.approval && draft.reason.trim().length < LEAST_REASON ? { what: 'reason' } : null;
}

/** The body of the act without its signatures; what was not given is left out, as the signature holds for it. */
export function bodyOf(operation: HandOperation, draft: HandDraft): Record<string, unknown> {
  const volumes = draft.volumes.slice(0, volumesOf(operation, draft.pieces)).map((text) => positive(text) ?? 0);
  const measures = operation.measures.map(({ name, unit }) => ({ name, value: figure(draft.measures[name]) ?? 0, unit }));
  return {
    operation: operation.operation,
    bags: draft.bags.map(({ din_scan, product_scan }) => ({ din_scan, product_scan })),
    ...(operation.output === null ? {} : { output: operation.output }),
    ...(volumes.length === 0 ? {} : { volumes_ml: volumes }),
    ...(measures.length === 0 ? {} : { measures }),
    ...(draft.reason.trim() === '' ? {} : { reason: draft.reason.trim() }),
  };
}

/** Which side of its limits an entered value lies on; null while it is none. */
export function sideOf(measure: HandOperation['measures'][number], text: string | undefined): 'low' | 'high' | 'inside' | null {
  const value = figure(text);
  if (value === null) return null;
  if (measure.min !== null && value < measure.min) return 'low';
  return measure.max !== null && value > measure.max ? 'high' : 'inside';
}
