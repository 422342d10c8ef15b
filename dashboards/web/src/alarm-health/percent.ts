import { formatNumber } from '../format/number';

/** `12 %` of a share between 0 and 1; one decimal below ten. */
export function percent(share: number): string {
  const value = share * 100;
  return `${formatNumber(value, value > 0 && value < 10 ? 1 : 0)}%`;
}
