import type { Gate, GateState, ReleaseItem } from '../api/types';

/** The worst first: what failed, then what waits, then what passed; within each as the warehouse orders them. */
const RANK: Record<GateState, number> = { failed: 0, pending: 1, passed: 2 };

export function inOrder(gates: readonly Gate[]): Gate[] {
  return [...gates].sort((a, b) => RANK[a.state] - RANK[b.state]);
}

/** Gates that keep the bag. */
export function keeping(gates: readonly Gate[]): Gate[] {
  return inOrder(gates).filter(({ state }) => state !== 'passed');
}

/** Bags that wait at one gate, or all of them. */
export function waitingAt(items: readonly ReleaseItem[], gate: string | null): ReleaseItem[] {
  return gate === null ? [...items] : items.filter(({ gates }) => gates.some((one) => one.gate === gate && one.state !== 'passed'));
}

/** Would an override of these gates let the bag go? Every gate that keeps it must be among them, and each must allow it. */
export function openAfter(gates: readonly Gate[], chosen: readonly string[]): boolean {
  return keeping(gates).every((gate) => gate.can_override && chosen.includes(gate.gate));
}
