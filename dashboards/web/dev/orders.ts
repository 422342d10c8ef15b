import type { Order, OrderLine, OrderRequest, OrderState, Shipment } from '../src/api/types';
import { bags } from './bags';
import { plant } from './plant';
import { at } from './time';

interface Seed {
  id: string;
  hospital: string;
  state: OrderState;
  dueMinutes: number;
  priority: number;
  lines: [string, OrderLine['group'], number, number][];
}

const seeds: Seed[] = [
  { id: 'ord-01KEA', hospital: 'city-first', state: 'picking', dueMinutes: -9, priority: 2, lines: [['RBC_S', 'A+', 6, 4]] },
  { id: 'ord-01KEB', hospital: 'childrens', state: 'packed', dueMinutes: 25, priority: 0, lines: [['RBC_S', 'O-', 3, 3]] },
  { id: 'ord-01KEC', hospital: 'east-lake', state: 'reserved', dueMinutes: 70, priority: 3, lines: [['RBC_S', 'A+', 6, 0], ['FFP', 'AB+', 2, 0]] },
  { id: 'ord-01KED', hospital: 'city-first', state: 'in_transit', dueMinutes: 120, priority: 3, lines: [['FFP', 'B+', 4, 4]] },
  { id: 'ord-01KEE', hospital: 'childrens', state: 'open', dueMinutes: 185, priority: 4, lines: [['RBC_S', 'AB-', 3, 0]] },
  { id: 'ord-01KEF', hospital: 'east-lake', state: 'received', dueMinutes: -200, priority: 3, lines: [['RBC_S', 'B+', 5, 5]] },
];
const placed: Order[] = [];

function line(state: OrderState, [component, group, quantity, done]: Seed['lines'][number], index: number): OrderLine {
  const standing = state === 'open' ? 0 : state === 'reserved' ? quantity : quantity - done;
  const standingAt = (wanted: OrderState[]) => (wanted.includes(state) ? done : 0);
  return {
    id: `line-${index + 1}`,
    component,
    group,
    quantity,
    unit: 'bag',
    substitution: true,
    min_days_left: index === 0 ? 14 : 0,
    reserved: standing,
    picked: 0,
    packed: standingAt(['picking', 'packed']),
    in_transit: standingAt(['in_transit']),
    received: standingAt(['received']),
    short: state === 'open' ? 2 : 0,
    sentence_en: state === 'open' ? '1 of 3: the oldest AB− bag keeps long enough; 2 more after tonight’s release, or B− now.' : `All ${quantity} bags are of the group asked for; the shortest keeps 19 d.`,
    sentence_zh: state === 'open' ? '3 袋中 1 袋：最早到期的 AB− 效期足够；今晚放行后可补 2 袋，或现用 B−。' : `${quantity} 袋均为所需血型，最短效期 19 天。`,
    bags: bags()
      .slice(index * 6, index * 6 + (state === 'open' ? 0 : quantity))
      .map((bag, place) => ({ bag: bag.id, group, status: state === 'received' ? 'RECEIVED' : state === 'in_transit' ? 'IN_TRANSIT' : place < done ? 'PACKED' : 'RESERVED', why_en: 'Same group, expires first among those that keep 14 d.', why_zh: '同型，效期 14 天以上者中最早到期。' })),
  };
}

function order(seed: Seed): Order {
  const hospital = plant.hospitals.find((candidate) => candidate.id === seed.hospital);
  return {
    id: seed.id,
    hospital: seed.hospital,
    hospital_name_en: hospital?.name_en ?? '',
    hospital_name_zh: hospital?.name_zh ?? '',
    kind: seed.priority < 2 ? 'emergency' : 'stock',
    priority: seed.priority,
    created_at: at(-60),
    due_at: at(seed.dueMinutes),
    state: seed.state,
    lines: seed.lines.map((item, index) => line(seed.state, item, index)),
    shipment: ['in_transit', 'received', 'packed'].includes(seed.state) ? seed.id.replace('ord', 'shp') : null,
  };
}

export function orders(): Order[] {
  return [...seeds.map(order), ...placed];
}

export function placeOrder(request: OrderRequest): Order {
  const seed: Seed = { id: `ord-new-${placed.length + 1}`, hospital: request.hospital, state: 'open', dueMinutes: 240, priority: request.priority, lines: request.lines.map((item) => [item.component, item.group, item.quantity, 0]) };
  const made = { ...order(seed), due_at: request.due_at };
  placed.push(made);
  return made;
}

export function shipments(): Shipment[] {
  return orders()
    .filter((candidate) => candidate.shipment !== null)
    .map((candidate) => ({
      id: candidate.shipment ?? '',
      order: candidate.id,
      hospital: candidate.hospital,
      state: candidate.state === 'received' ? 'received' : candidate.state === 'in_transit' ? 'in_transit' : 'gathering',
      bags: candidate.lines.flatMap((item) => item.bags.map(({ bag, status }) => ({ bag, status }))),
      created_at: at(-40),
      dispatched_at: candidate.state === 'packed' ? null : at(-20),
      received_at: candidate.state === 'received' ? at(-5) : null,
    }));
}
