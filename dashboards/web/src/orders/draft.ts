import type { BloodGroup, OrderKind, OrderRequest } from '../api/types';
import { HOUR_MS } from '../format/time';

/** One line of an order that is being written. */
export interface DraftLine {
  key: number;
  component: string;
  group: BloodGroup;
  quantity: number;
  minDaysLeft: number;
  substitution: boolean;
}

export interface Draft {
  hospital: string;
  kind: OrderKind;
  priority: number;
  dueHours: number;
  lines: DraftLine[];
}

/** Which priority classes go with which kind of order (design.md 8): 0 and 1 are the emergency tier. */
export const PRIORITIES: Record<OrderKind, readonly number[]> = {
  stock: [3, 4, 5],
  standing: [3, 4, 5],
  patient: [2, 3, 4],
  emergency: [0, 1],
};
export const KINDS: readonly OrderKind[] = ['stock', 'patient', 'standing', 'emergency'];
export const DUE_HOURS = [1, 2, 4, 8, 12, 24];

export function bagsIn(draft: Draft): number {
  return draft.lines.reduce((sum, line) => sum + line.quantity, 0);
}

/** What the API is asked for; the due time counts from domain time. */
export function requestOf(draft: Draft, nowMs: number): OrderRequest {
  return {
    hospital: draft.hospital,
    kind: draft.kind,
    priority: draft.priority,
    due_at: new Date(nowMs + draft.dueHours * HOUR_MS).toISOString(),
    lines: draft.lines.map((line) => ({
      component: line.component,
      group: line.group,
      quantity: line.quantity,
      unit: 'bag',
      substitution: line.substitution,
      min_days_left: line.minDaysLeft,
    })),
  };
}
