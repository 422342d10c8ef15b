import type { Envelope, PlantView } from '../../src/api/types';

export const COLD: Envelope = { min_c: 2, max_c: 6, alert_min_c: 2.5, alert_max_c: 5.5 };
export const FROZEN: Envelope = { min_c: null, max_c: -18, alert_min_c: null, alert_max_c: -20 };

type Place = PlantView['places'][number];

function place(path: string, kind: Place['kind'], en: string, zh: string, zone: Place['zone'] = 'none', envelope: Envelope | null = null, slots = 0): Place {
  return { path, kind, zone, name_en: en, name_zh: zh, slots, capacity: null, reach_s: 0, only: [], area: null, envelope };
}

type Component = PlantView['components'][number];

/** A component of which only the storage matters here. */
function component(key: string, family: Component['family'], en: string, zh: string, min: number | null, max: number): Component {
  const said = { source: 'a standard', status: 'V' as const };
  return {
    key, family, name_en: en, name_zh: zh, min_c: min, max_c: max, attributes: [], shelf_life: [], agitation: null, freeze: null, out_of_control: null,
    ml_per_unit: { value: 200, ...said }, storage: { min_c: min, max_c: max, ...said }, transport: { min_c: min, max_c: max, max_h: null, ...said },
  };
}

export const plant: PlantView = {
  places: [
    place('mobile', 'outside', 'Collection van', '采血车'),
    place('dock', 'room', 'Receiving dock', '接收区'),
    place('prep/robot-1', 'machine', 'Preparation robot', '制备机器人'),
    place('cold-1', 'store', 'Cold room 1', '冷库 1', 'none', COLD),
    place('cold-1/q1', 'shelf', 'Cold room 1, quarantine 1', '冷库 1 待检 1', 'quarantine', COLD, 60),
    place('cold-1/s1', 'shelf', 'Cold room 1, shelf 1', '冷库 1 货架 1', 'stock', COLD, 100),
    place('plasma-1', 'store', 'Plasma freezer 1', '血浆冰箱 1', 'none', FROZEN),
    place('plasma-1/s1', 'shelf', 'Plasma freezer 1, shelf 1', '血浆冰箱 1 货架 1', 'stock', FROZEN, 150),
    place('dispatch/gate', 'gate', 'Dispatch gate', '发血闸口'),
    place('dispatch/lane', 'lane', 'Dispatch lock', '发血缓冲间'),
  ],
  devices: [
    { id: 'cold-1', kind: 'cold_room', place: 'cold-1', name_en: 'Cold room 1', name_zh: '冷库 1', carries: 1, recipes: [] },
    { id: 'plasma-1', kind: 'plasma_freezer', place: 'plasma-1', name_en: 'Plasma freezer 1', name_zh: '血浆冰箱 1', carries: 1, recipes: [] },
    { id: 'crane-1', kind: 'crane', place: 'cold-1', name_en: 'Crane, cold room', name_zh: '冷库堆垛机', carries: 1, recipes: [] },
  ],
  probes: [
    { id: 'cold-1-load', device: 'cold-1', kind: 'load', covers: ['cold-1'] },
    { id: 'plasma-1-load', device: 'plasma-1', kind: 'load', covers: ['plasma-1'] },
  ],
  doors: [
    { id: 'cold-1-door', device: 'cold-1', place: 'cold-1', warn_s: 60, alarm_s: 180 },
    { id: 'plasma-1-door', device: 'plasma-1', place: 'plasma-1', warn_s: 60, alarm_s: 180 },
  ],
  portals: [{ id: 'p1', kind: 'passage', name_en: 'Receiving portal', name_zh: '入库通道', outside: 'mobile', inside: 'dock', device: null }],
  routes: [],
  boxes: [],
  vehicles: [],
  hospitals: [
    { id: 'city-first', name_en: 'City First Hospital', name_zh: '市第一医院', place: 'hospital/city-first', road_min: 22, size: 'medium', air_km: null, has_pad: false },
    { id: 'east-lake', name_en: 'East Lake Hospital', name_zh: '东湖医院', place: 'hospital/east-lake', road_min: 28, size: 'medium', air_km: null, has_pad: false },
    { id: 'childrens', name_en: 'Children’s Hospital', name_zh: '儿童医院', place: 'hospital/childrens', road_min: 18, size: 'medium', air_km: null, has_pad: false },
  ],
  components: [
    component('WB', 'whole_blood', 'Whole blood', '全血', 2, 6),
    component('RBC_S', 'red_cells', 'Red cells', '悬浮红细胞', 2, 6),
    component('FFP', 'plasma', 'Fresh frozen plasma', '新鲜冰冻血浆', null, -18),
  ],
  catalogue: { profile: 'cn-2012', version: 1, compatibility: 'cn', compatibility_en: 'as tabulated', compatibility_zh: '按表', source: 'a standard', status: 'V' },
};
