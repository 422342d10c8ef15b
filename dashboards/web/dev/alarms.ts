import type { Alarm, AlarmDetail, AlarmState } from '../src/api/types';
import { bags } from './bags';
import { at } from './time';

type Seed = Pick<Alarm, 'source' | 'condition' | 'priority' | 'title_en' | 'title_zh' | 'value' | 'limit' | 'unit'> & {
  minutesAgo: number;
  place: [string, string, string] | null;
  stake: [number, number, number, number | null];
  state: AlarmState;
};

const COLD_1: [string, string, string] = ['cold-1', 'Cold room 1', '冷库 1'];
const PLASMA_1: [string, string, string] = ['plasma-1', 'Plasma freezer 1', '血浆冰箱 1'];

const seeds: Seed[] = [
  { source: 'plasma-1-load', condition: 'temperature_high', priority: 1, state: 'unacknowledged', title_en: 'Temperature will pass limit', title_zh: '温度将越限', value: -19.3, limit: -18, unit: 'Cel', minutesAgo: 6, place: PLASMA_1, stake: [412, 6, 3, 24] },
  { source: 'cold-1-door', condition: 'door_open', priority: 2, state: 'unacknowledged', title_en: 'Door open too long', title_zh: '开门超时', value: 252, limit: 180, unit: 's', minutesAgo: 7, place: COLD_1, stake: [214, 4, 3, null] },
  { source: 'RBC_S/AB-', condition: 'stock_low', priority: 2, state: 'unacknowledged', title_en: 'AB− red cells below red line', title_zh: 'AB− 悬浮红细胞低于红线', value: 0.4, limit: 1.5, unit: 'd', minutesAgo: 31, place: null, stake: [0, 1, 1, null] },
  { source: 'cold-1-air', condition: 'temperature_high', priority: 3, state: 'returned_unacknowledged', title_en: 'Air warm', title_zh: '空气温度偏高', value: 5.2, limit: 6, unit: 'Cel', minutesAgo: 48, place: COLD_1, stake: [214, 0, 0, null] },
  { source: 'RBC_S/O-', condition: 'stock_low', priority: 3, state: 'acknowledged', title_en: 'O− red cells in amber', title_zh: 'O− 悬浮红细胞进入黄色', value: 2.6, limit: 3, unit: 'd', minutesAgo: 126, place: null, stake: [0, 0, 0, null] },
  { source: 'crane-2', condition: 'offline', priority: 3, state: 'shelved', title_en: 'Device offline', title_zh: '设备离线', value: null, limit: null, unit: '', minutesAgo: 80, place: PLASMA_1, stake: [0, 0, 0, null] },
  { source: 'reader-2', condition: 'reader_deaf', priority: 4, state: 'acknowledged', title_en: 'Antenna reads low', title_zh: '天线读取率低', value: 91, limit: 95, unit: '%', minutesAgo: 252, place: ['dispatch/gate', 'Dispatch gate', '发血闸口'], stake: [0, 0, 0, null] },
];
const changed = new Map<string, Partial<Alarm>>();

export function alarms(): Alarm[] {
  return seeds.map((seed, index) => {
    const id = `alm-${index + 1}`;
    const [bagCount, orders, hospitals, minutes_left] = seed.stake;
    const acknowledged = seed.state === 'acknowledged' || seed.state === 'shelved';
    return {
      id,
      source: seed.source,
      condition: seed.condition,
      priority: seed.priority,
      state: seed.state,
      active: seed.state === 'returned_unacknowledged' ? false : true,
      value: seed.value,
      limit: seed.limit,
      unit: seed.unit,
      raised_at: at(-seed.minutesAgo),
      returned_at: null,
      acknowledged_at: acknowledged ? at(-seed.minutesAgo + 3) : null,
      acknowledged_by: acknowledged ? 'Lin Qiao' : null,
      shelved_until: seed.state === 'shelved' ? at(18) : null,
      comment: null,
      place: seed.place?.[0] ?? null,
      place_name_en: seed.place?.[1] ?? null,
      place_name_zh: seed.place?.[2] ?? null,
      title_en: seed.title_en,
      title_zh: seed.title_zh,
      guidance_en: 'Check the breaker on board E4, position 11. If it is off, do not reset it twice.\nKeep the door shut. Each opening costs about 2 min.\nUnder 20 min to limit: move the bags to another freezer.',
      guidance_zh: '检查 E4 配电箱 11 号断路器；若跳闸，不要重复合闸。\n保持关门，每次开门约损失 2 分钟。\n距限值不足 20 分钟：转移到其他冰箱。',
      stake: { bags: bagCount, orders, hospitals, minutes_left },
      ...changed.get(id),
    };
  });
}

export function alarmDetail(id: string): AlarmDetail | undefined {
  const alarm = alarms().find((candidate) => candidate.id === id);
  if (!alarm) return undefined;
  return {
    ...alarm,
    journal: [
      { at: at(-6.2), actor: 'service:alarms', from_state: 'normal', to_state: 'unacknowledged', event: 'raised', comment: null },
      ...(alarm.acknowledged_by === null ? [] : [{ at: at(-1), actor: alarm.acknowledged_by, from_state: 'unacknowledged' as const, to_state: alarm.state, event: 'acknowledged', comment: alarm.comment }]),
    ],
    bags: alarm.stake.bags > 0 ? bags().slice(0, 12) : [],
    orders: alarm.stake.orders > 0 ? ['ord-01KEB', 'ord-01KEC'] : [],
    hospitals: alarm.stake.hospitals > 0 ? ['city-first'] : [],
  };
}

export function changeAlarm(id: string, part: Partial<Alarm>): AlarmDetail | undefined {
  changed.set(id, { ...changed.get(id), ...part });
  return alarmDetail(id);
}
