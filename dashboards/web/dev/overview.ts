import type { Chamber, Overview, StockPhase, StockPlan, StockRow } from '../src/api/types';
import { GROUPS } from '../src/bags/vocabulary';
import { alarms } from './alarms';
import { coldRoom, warming } from './heat';
import { orders } from './orders';
import { COLD, FROZEN } from './plant';
import { at, nowMs } from './time';

const DOWN_MINUTES = 38;

function phase(days: number, plan: StockPlan): StockPhase {
  if (days < plan.red_days) return 'red';
  if (days < plan.amber_days) return 'amber';
  return days < plan.preamber_days ? 'preamber' : 'green';
}

function row(component: string, en: string, zh: string, plan: StockPlan, days: number[]): StockRow {
  return {
    component,
    name_en: en,
    name_zh: zh,
    plan,
    cells: GROUPS.map((group, index) => {
      const cover = days[index] ?? 0;
      return { group, days: cover, bags: Math.round(cover * (9 - index)), phase: phase(cover, plan) };
    }),
  };
}

function trend(value: (minute: number) => number): Chamber['trend'] {
  const now = nowMs();
  return Array.from({ length: 120 }, (_, index) => [now - (120 - index) * 60_000, Math.round(value(index - 120) * 10) / 10]);
}

export function chambers(): Chamber[] {
  return [
    { device: 'cold-1', name_en: 'Cold room 1', name_zh: '冷库 1', place: 'cold-1', probe: 'cold-1-load', value_c: 4.1, quality: 'good', at: at(0), envelope: COLD, door_open: true, bags: 214, trend: trend(coldRoom), minutes_to_limit: null },
    { device: 'plasma-1', name_en: 'Plasma freezer 1', name_zh: '血浆冰箱 1', place: 'plasma-1', probe: 'plasma-1-load', value_c: -19.3, quality: 'good', at: at(0), envelope: FROZEN, door_open: false, bags: 412, trend: trend((minute) => warming(minute + DOWN_MINUTES)), minutes_to_limit: 24 },
  ];
}

export function overview(): Overview {
  const open = alarms().filter((alarm) => alarm.state !== 'normal');
  return {
    at: at(0),
    stock: [
      row('RBC_S', 'Red cells', '悬浮红细胞', { red_days: 1.5, amber_days: 3, preamber_days: 4, target_days: 6 }, [7.2, 6.8, 5.9, 8.4, 2.6, 3.7, 4.6, 0.4]),
      row('FFP', 'Fresh frozen plasma', '新鲜冰冻血浆', { red_days: 2, amber_days: 4, preamber_days: 5, target_days: 8 }, [26, 31, 22, 18, 24, 4.6, 21, 19]),
    ],
    alarms: {
      counts: [1, 2, 3, 4].map((priority) => {
        const same = open.filter((alarm) => alarm.priority === priority);
        return { priority, open: same.length, unacknowledged: same.filter((alarm) => alarm.state.includes('unacknowledged')).length };
      }),
      top: open.sort((a, b) => a.priority - b.priority).slice(0, 8),
    },
    chambers: chambers(),
    orders: orders()
      .filter((order) => order.state !== 'received')
      .map((order) => {
        const total = order.lines.reduce((sum, line) => sum + line.quantity, 0);
        const done = order.lines.reduce((sum, line) => sum + line.packed, 0);
        const { id, hospital, hospital_name_en, hospital_name_zh, priority, due_at, state } = order;
        return { id, hospital, hospital_name_en, hospital_name_zh, priority, due_at, state, bags_total: total, bags_done: done, late: Date.parse(due_at) < nowMs() };
      }),
    flow: { window_min: 60, received: 46, prepared: 38, frozen: 19, stored: 41, reserved: 33, gated: 30, issued: 28, delivered: 24 },
    completeness: { stored: 184_230, late: 214, gaps: 3, sources_live: 40, sources_total: 41, readers_live: 2, readers_total: 2 },
  };
}
