import type { StockPhase } from '../api/types';

export const PHASES: readonly StockPhase[] = ['green', 'preamber', 'amber', 'red'];

/** The shape that goes with a phase's tint: none, one, two, three triangles. */
export const PHASE_MARK: Record<StockPhase, string> = { green: '', preamber: '▾', amber: '▾▾', red: '▾▾▾' };
