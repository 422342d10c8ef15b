import type { BagStatus, BloodGroup } from '../api/types';

/** In the order in which wards ask for them, as on the board. */
export const GROUPS: readonly BloodGroup[] = ['O+', 'A+', 'B+', 'AB+', 'O-', 'A-', 'B-', 'AB-'];

/** In the order of a bag's journey. */
export const STATUSES: readonly BagStatus[] = [
  'COLLECTED',
  'PROCESSING',
  'QUARANTINE',
  'AVAILABLE',
  'RESERVED',
  'PICKED',
  'PACKED',
  'IN_TRANSIT',
  'RECEIVED',
  'ISSUED',
  'TRANSFUSED',
  'PRESUMED_TRANSFUSED',
  'RETURNED_PENDING',
  'NONCONFORMING',
  'CONSUMED',
  'DISCARDED',
  'MISSING',
  'LOST',
];
