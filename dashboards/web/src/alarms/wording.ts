import type { Alarm } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { formatAge } from '../format/time';
import type { Text } from '../i18n/text';

const NBSP = '\u00a0';

/** UCUM, as the API names the unit of degrees Celsius. */
const CELSIUS = 'Cel';

export function isTemperature(alarm: Alarm): boolean {
  return alarm.unit === CELSIUS;
}

/** `−19.3 °C`, `0.4 d`, `4:12`, or null when the alarm has no number. */
export function alarmValue(text: Text, value: number | null, unit: string): string | null {
  return value === null ? null : withUnit(text, value, unit, 1);
}

/** A limit is a round number more often than not: `−18 °C`. */
export function alarmLimit(text: Text, limit: number | null, unit: string): string | null {
  return limit === null ? null : withUnit(text, limit, unit, Number.isInteger(limit) ? 0 : 1);
}

/** The API speaks UCUM; people read their own units. */
function withUnit({ t, language }: Text, value: number, unit: string, digits: number): string {
  switch (unit) {
    case CELSIUS:
      return formatTemperature(value, digits);
    case 's':
      return formatAge(value * 1000, language);
    case 'd':
      return `${formatNumber(value, digits)}${NBSP}${t('common.days')}`;
    case 'bag':
      return t('common.bagsN', { n: formatNumber(value) });
    default:
      return unit === '' ? formatNumber(value) : `${formatNumber(value)}${NBSP}${unit}`;
  }
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
  return alarm.state === 'unacknowledged' || alarm.state === 'returned_unacknowledged' || alarm.state === 'latched_unacknowledged';
}
