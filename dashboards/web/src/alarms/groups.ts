import type { Alarm, AlarmState } from '../api/types';
import type { TextKey } from '../i18n/text';

export interface AlarmGroup {
  key: TextKey;
  states: readonly AlarmState[];
}

/** The order in which the list shows what waits for a person, down to what is closed. */
export const ALARM_GROUPS: readonly AlarmGroup[] = [
  { key: 'alarms.group.active', states: ['unacknowledged'] },
  { key: 'alarms.group.latched', states: ['latched_unacknowledged', 'latched'] },
  { key: 'alarms.group.returned', states: ['returned_unacknowledged'] },
  { key: 'alarms.group.acknowledged', states: ['acknowledged'] },
  { key: 'alarms.group.shelved', states: ['shelved'] },
  { key: 'alarms.group.suppressed', states: ['suppressed', 'out_of_service'] },
  { key: 'alarms.group.closed', states: ['normal'] },
];

/** By priority, then by time to the limit, then the oldest first. */
export function byUrgency(a: Alarm, b: Alarm): number {
  return a.priority - b.priority || leftOf(a) - leftOf(b) || a.raised_at.localeCompare(b.raised_at);
}

/** Minutes to the limit; an alarm without any comes after all that have one. */
function leftOf(alarm: Alarm): number {
  return alarm.stake.minutes_left ?? Number.MAX_SAFE_INTEGER;
}

export type AlarmFilter = 'open' | 'new' | 'returned' | 'shelved' | 'all';

export const ALARM_FILTERS: readonly AlarmFilter[] = ['open', 'new', 'returned', 'shelved', 'all'];

const FILTER_STATES: Record<Exclude<AlarmFilter, 'open' | 'all'>, readonly AlarmState[]> = {
  new: ['unacknowledged', 'returned_unacknowledged', 'latched_unacknowledged'],
  returned: ['returned_unacknowledged', 'latched_unacknowledged', 'latched'],
  shelved: ['shelved'],
};

export function passes(alarm: Alarm, filter: AlarmFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'open') return alarm.state !== 'normal';
  return FILTER_STATES[filter].includes(alarm.state);
}
