import type { ReturnVerdict } from '../api/types';

/** What may become of a bag that came back, the best first. */
export const VERDICTS: readonly ReturnVerdict[] = ['restock', 'quarantine', 'nonconforming'];
