import type { Bag, BagStatus, BagSummary, BagTemperatureHistory } from '../src/api/types';
import { GROUPS } from '../src/bags/vocabulary';
import { coldRoom } from './heat';
import { COLD } from './plant';
import { at, nowMs } from './time';

const HOURS_KNOWN = 54;

function summary(index: number): BagSummary {
  const plasma = index % 3 === 2;
  const statuses: BagStatus[] = ['RESERVED', 'AVAILABLE', 'AVAILABLE', 'QUARANTINE', 'AVAILABLE', 'NONCONFORMING'];
  const din = `A999926${String(4317 + index).padStart(6, '0')}`;
  const product = plasma ? 'D0003V00' : 'D0002V00';
  return {
    id: `${din}-${product}`,
    din,
    product,
    component: plasma ? 'FFP' : 'RBC_S',
    group: index === 7 ? null : (GROUPS[index % GROUPS.length] ?? null),
    status: statuses[index % statuses.length] ?? 'AVAILABLE',
    place: plasma ? 'plasma-1/s1/014' : 'cold-1/s1/012',
    place_name_en: plasma ? 'Plasma freezer 1, shelf 1, slot 14' : 'Cold room 1, shelf 1, slot 12',
    place_name_zh: plasma ? '血浆冰箱 1 货架 1 14 位' : '冷库 1 货架 1 12 位',
    zone: 'stock',
    expires_at: at((plasma ? 340 : 33) * 1440 + index * 95),
    holds: index % 6 === 5 ? 1 : 0,
    order_line: index % 6 === 0 ? 'line-1' : null,
    version: 4,
  };
}

export function bags(): BagSummary[] {
  return Array.from({ length: 48 }, (_, index) => summary(index));
}

export function bag(id: string): Bag | undefined {
  const found = bags().find((candidate) => candidate.id === id);
  if (!found) return undefined;
  const whole: BagSummary = { ...found, id: `${found.din}-D0001V00`, product: 'D0001V00', component: 'WB', status: 'CONSUMED', place: 'prep/robot-1', place_name_en: 'Preparation robot', place_name_zh: '制备机器人' };
  const plasma: BagSummary = { ...found, id: `${found.din}-D0003V00`, product: 'D0003V00', component: 'FFP', status: 'AVAILABLE', place_name_en: 'Plasma freezer 1, shelf 1', place_name_zh: '血浆冰箱 1 货架 1' };
  const h = (hours: number) => at((hours - HOURS_KNOWN) * 60);
  return {
    ...found,
    check_character: 'A',
    volume_ml: 268,
    collected_at: h(0.1),
    donation_type: 'allogeneic',
    custody: 'centre',
    hospital: null,
    tests: 'negative',
    hold_list: found.holds > 0 ? [{ id: 'hld-1', reason: 'load probe outside its band', opened_at: h(50), opened_by: 'Sun Wei' }] : [],
    place_since: h(34),
    temperature: { value_c: 4.1, quality: 'good', at: at(0), probe: 'cold-1-load', envelope: COLD },
    stays: [
      { place: 'mobile', name_en: 'Collection van', name_zh: '采血车', from_at: h(0.2), to_at: h(2.4) },
      { place: 'dock', name_en: 'Receiving dock', name_zh: '接收区', from_at: h(2.4), to_at: h(2.9) },
      { place: 'prep/robot-1', name_en: 'Preparation robot', name_zh: '制备机器人', from_at: h(2.9), to_at: h(5.6) },
      { place: 'cold-1/q1/004', name_en: 'Cold room 1, quarantine 1', name_zh: '冷库 1 待检 1', from_at: h(5.6), to_at: h(33.8) },
      { place: 'cold-1/s1/012', name_en: 'Cold room 1, shelf 1, slot 12', name_zh: '冷库 1 货架 1 12 位', from_at: h(34), to_at: null },
    ],
    parents: [whole],
    children: [],
    ledger: ['order.reserved', 'bag.moved', 'bag.released', 'bag.moved', 'bag.separated', 'bag.received', 'bag.collected'].map((kind, index) => ({
      seq: 900 - index * 40,
      at: h(54 - index * 8),
      at_real: h(54 - index * 8),
      actor: ['service:planner', 'device:crane-1', 'service:release', 'device:crane-1', 'device:robot-1', 'device:p1', 'collection-1'][index] ?? '',
      station: 'controller',
      kind,
      subject: found.id,
      data: {},
      hash: `9f1c${index}e0b7c1d2e3f4a5b6c7d8e9fa0b1c2d3e4f506172839${index}`,
    })),
    excursions: [{ id: 'exc-1', probe: 'cold-1-load', place: 'cold-1', kind: 'above', from_at: h(37.1), to_at: h(37.3), minutes: 11, worst_c: 6.8, limit_c: 6 }],
    actions: [
      { act: 'pick', allowed: found.status === 'RESERVED', reasons: found.status === 'RESERVED' ? [] : [{ code: 'status', detail: found.status }] },
      { act: 'reserve', allowed: found.status === 'AVAILABLE', reasons: [{ code: 'status', detail: found.status }] },
      { act: 'release', allowed: false, reasons: [{ code: 'status', detail: found.status }] },
      { act: 'pass_gate', allowed: false, reasons: [{ code: 'status', detail: found.status }, { code: 'other_order', detail: 'no order' }] },
      { act: 'dispatch', allowed: false, reasons: [{ code: 'status', detail: found.status }] },
    ],
    order: found.order_line === null ? null : 'ord-01KEB',
    why_en: found.order_line === null ? null : 'Oldest of its group that keeps long enough.',
    why_zh: found.order_line === null ? null : '同型中最早到期且效期足够。',
    ...(found.component === 'FFP' ? {} : { children: [] }),
    ...(id.endsWith('D0001V00') ? { parents: [], children: [found, plasma] } : {}),
  };
}

export function parentOf(id: string): Bag | undefined {
  const child = bag(id.replace('D0001V00', 'D0002V00'));
  if (!child) return undefined;
  const plasma: BagSummary = { ...child, id: `${child.din}-D0003V00`, component: 'FFP', status: 'AVAILABLE', place_name_en: 'Plasma freezer 1, shelf 1', place_name_zh: '血浆冰箱 1 货架 1' };
  return { ...child, ...child.parents[0], parents: [], children: [child, plasma] };
}

export function temperature(): BagTemperatureHistory {
  const begin = nowMs() - HOURS_KNOWN * 3_600_000;
  const points = (from: number, to: number): [number, number][] =>
    Array.from({ length: Math.round((to - from) * 12) }, (_, index) => {
      const hour = from + index / 12;
      const bump = 2.6 * Math.exp(-(((hour - 37.2) / 0.14) ** 2));
      const cooling = hour < 8 ? 14 * Math.exp(-(hour - 5.6) * 3) : 0;
      return [begin + hour * 3_600_000, Math.round((coldRoom(hour * 8) + bump + cooling) * 100) / 100];
    });
  return {
    segments: [
      { place: 'cold-1/q1', envelope: COLD, probe: 'cold-1-load', points: points(5.7, 33.8) },
      { place: 'cold-1/s1', envelope: COLD, probe: 'cold-1-load', points: points(34, 43.2) },
      { place: 'cold-1/s1', envelope: COLD, probe: 'cold-1-load', points: points(44.4, 54) },
    ],
    gaps: [{ from_at: new Date(begin + 43.2 * 3_600_000).toISOString(), to_at: new Date(begin + 44.4 * 3_600_000).toISOString(), reason: 'probe silent' }],
  };
}
