import type { OrderState } from '../api/types';
import { HOUR_MS } from '../format/time';

/** How far an order lane looks ahead. */
export const LANE_MS = 4 * HOUR_MS;

/** Share of the lane, 0 to 100, for a time that far ahead. */
export function lanePercent(aheadMs: number): number {
  return Math.max(0, Math.min(100, (aheadMs / LANE_MS) * 100));
}

const OVER: readonly OrderState[] = ['received', 'cancelled'];

export function isOver(state: OrderState): boolean {
  return OVER.includes(state);
}
