import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Alarm } from '../api/types';

/** Every alarm that the site knows by its id; messages and answers name only the id. */
export function useAlarmNames(): ReadonlyMap<string, Alarm> {
  const alarms = useQuery(queries.alarms('all'));
  return new Map(alarms.data?.items.map((alarm) => [alarm.id, alarm]));
}
