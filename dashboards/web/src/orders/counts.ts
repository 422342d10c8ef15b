import type { Order, OrderLine } from '../api/types';

/** Bags of a line that stand at or beyond each step of the journey to the hospital. */
export interface LineSteps {
  quantity: number;
  reserved: number;
  picked: number;
  packed: number;
  inTransit: number;
  received: number;
}

/** The API counts each bag at the step where it stands; a bag that is packed has also been picked. */
export function stepsOf(line: OrderLine): LineSteps {
  const received = line.received;
  const inTransit = received + line.in_transit;
  const packed = inTransit + line.packed;
  const picked = packed + line.picked;
  return { quantity: line.quantity, reserved: picked + line.reserved, picked, packed, inTransit, received };
}

export function stepsOfOrder(order: Order): LineSteps {
  const total: LineSteps = { quantity: 0, reserved: 0, picked: 0, packed: 0, inTransit: 0, received: 0 };
  for (const line of order.lines) {
    const steps = stepsOf(line);
    for (const key of Object.keys(total) as (keyof LineSteps)[]) total[key] += steps[key];
  }
  return total;
}
