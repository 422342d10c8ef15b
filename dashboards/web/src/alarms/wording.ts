import type { Alarm } from '../api/types';
import { formatNumber } from '../format/number';
import type { Text } from '../i18n/text';

const NBSP = '\u00a0';

/** `−19.3 °C`, `0.4 d`, or null when the alarm has no number. */
export function alarmValue(value: number | null, unit: string): string | null {
  if (value === null) return null;
  const digits = unit === 's' || unit === '' ? 0 : 1;
  return unit === '' ? formatNumber(value, digits) : `${formatNumber(value, digits)}${NBSP}${unit}`;
}

/** `412 bags · 6 orders · 4 hospitals`, without the parts that are nobody's. */
export function stakeText({ t }: Text, stake: Alarm['stake']): string {
  const parts = [];
  if (stake.bags > 0) parts.push(t('common.bagsN', { n: formatNumber(stake.bags) }));
  if (stake.orders > 0) parts.push(t('common.ordersN', { n: stake.orders }));
  if (stake.hospitals > 0) parts.push(t('common.hospitalsN', { n: stake.hospitals }));
  return parts.join(' · ');
}

export function alarmTitle({ pick }: Text, alarm: Alarm): string {
  return pick(alarm.title_en, alarm.title_zh);
}

export function alarmPlace({ pick }: Text, alarm: Alarm): string {
  return pick(alarm.place_name_en ?? '', alarm.place_name_zh ?? '');
}

/** Has nobody said yet that they have seen it? */
export function isUnacknowledged(alarm: Alarm): boolean {
  return alarm.state === 'unacknowledged' || alarm.state === 'returned_unacknowledged';
}
