import type { ReturnVerdict } from '../api/types';

/** What may be decided of a bag that came back, the best first. */
export const VERDICTS: readonly ReturnVerdict[] = ['restock', 'nonconforming'];
