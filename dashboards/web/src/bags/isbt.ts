import type { BloodGroup } from '../api/types';

/** ABO/RhD values of data structure 002, intention "not specified" (ISBT 128 ST-001, table 2). */
const GROUP_CODE: Record<BloodGroup, string> = {
  'O-': '9500', 'O+': '5100', 'A-': '0600', 'A+': '6200', 'B-': '1700', 'B+': '7300', 'AB-': '2800', 'AB+': '8400',
};

/** Data structure 001: the donation number with the two flag characters that say nothing. */
export function dinData(din: string): string {
  return `=${din}00`;
}

/** Data structure 002. */
export function groupData(group: BloodGroup): string {
  return `=%${GROUP_CODE[group]}`;
}

/** Data structure 003. */
export function productData(product: string): string {
  return `=<${product}`;
}

/** Data structure 005: century digit, year, day of the year, hour and minute, in the time of the site. */
export function expiryData(year: number, dayOfYear: number, hour: number, minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `&>${Math.floor(year / 100) % 10}${two(year % 100)}${String(dayOfYear).padStart(3, '0')}${two(hour)}${two(minute)}`;
}
