import type { Chamber, Overview } from '../../src/api/types';
import { COLD, FROZEN } from './plant';

const AT = '2026-11-20T06:32:00Z';
const CHAMBERS: Chamber[] = [
  { device: 'cold-1', name_en: 'Cold room 1', name_zh: '冷库 1', place: 'cold-1', probe: 'cold-1-load', value_c: 4.1, quality: 'good', at: AT, envelope: COLD, door_open: true, suspended_until: null, bags: 214, trend: [], minutes_to_limit: null },
  { device: 'plasma-1', name_en: 'Plasma freezer 1', name_zh: '血浆冰箱 1', place: 'plasma-1', probe: 'plasma-1-load', value_c: -19.3, quality: 'good', at: AT, envelope: FROZEN, door_open: false, suspended_until: null, bags: 412, trend: [], minutes_to_limit: 24 },
];

/** A board with two chambers and nothing else. */
export function overview(): Overview {
  return {
    at: AT,
    stock: [],
    alarms: { counts: [], top: [] },
    chambers: CHAMBERS,
    orders: [],
    flow: { window_min: 60, received: 0, prepared: 0, frozen: 0, stored: 0, reserved: 0, gated: 0, issued: 0, delivered: 0 },
    completeness: { stored: 0, late: 0, gaps: 0, sources_live: 0, sources_total: 0, readers_live: 0, readers_total: 0 },
  };
}
