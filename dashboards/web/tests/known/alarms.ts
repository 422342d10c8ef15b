import type { Alarm } from '../../src/api/types';

const ORDINARY: Alarm = {
  id: '',
  source: 'cold-1-air',
  condition: 'temperature_high',
  priority: 3,
  state: 'unacknowledged',
  active: true,
  value: 6.4,
  limit: 6,
  unit: 'Cel',
  raised_at: '2026-11-20T06:00:00Z',
  returned_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
  shelved_until: null,
  out_until: null,
  suspended_until: null,
  occurrence: null,
  unclosed: 0,
  group: null,
  escalation: null,
  comment: null,
  place: 'cold-1',
  place_name_en: 'Cold room 1',
  place_name_zh: '冷库 1',
  title_en: 'Air warm',
  title_zh: '空气温度偏高',
  guidance_en: '',
  guidance_zh: '',
  stake: { bags: 214, orders: 0, hospitals: 0, minutes_left: null },
};

/** Three alarms: a quiet one, an urgent one with little time left, and one that returned before anybody saw it. */
export function alarms(): Alarm[] {
  return [
    { ...ORDINARY, id: 'alm-3', state: 'acknowledged', acknowledged_by: 'li.wei' },
    { ...ORDINARY, id: 'alm-1', source: 'plasma-1-load', priority: 1, place: 'plasma-1', stake: { bags: 412, orders: 6, hospitals: 3, minutes_left: 24 } },
    { ...ORDINARY, id: 'alm-2', state: 'returned_unacknowledged', active: false },
  ];
}
