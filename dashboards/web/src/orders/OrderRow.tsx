import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { queries } from '../api/queries';
import type { Order } from '../api/types';
import { formatGroup } from '../format/blood';
import { formatLeft, formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { componentName } from '../plant/componentName';
import { isOver } from './clockwork';
import { stepsOfOrder } from './counts';
import { OrderLane } from './OrderLane';

const EMERGENCY_PRIORITY = 1;

/** One order: who, what, how far, and how long until it is due. */
export function OrderRow({ order, now }: { order: Order; now: number | null }) {
  const text = useText();
  const { t, pick, word, language } = text;
  const navigate = useNavigate();
  const zone = useTimezone();
  const plant = useQuery(queries.plant());
  const hospital = pick(order.hospital_name_en, order.hospital_name_zh);
  const over = isOver(order.state);
  const due = instant(order.due_at);
  const ahead = now === null ? null : due - now;
  const late = !over && ahead !== null && ahead < 0;
  const steps = stepsOfOrder(order);
  return (
    <tr
      className={`can-open ${late ? 'order-row-late' : ''} ${over ? 'order-row-over' : ''}`}
      tabIndex={0}
      data-row
      data-testid="order-row"
      data-order-id={order.id}
      data-state={order.state}
      onClick={() => void navigate(`/orders/${encodeURIComponent(order.id)}`)}
    >
      <td className="order-hospital">
        <b>{late && <span aria-hidden>▲ </span>}{hospital}</b>
        <span className="caption mono">{order.id}</span>
      </td>
      <td>
        {word('orderKind', order.kind)} {order.priority <= EMERGENCY_PRIORITY && <span className="tag high">▲ {order.priority}</span>}
      </td>
      <td>
        <span className="order-need">
          {order.lines.map((line) => (
            <span key={line.id}><b>{line.quantity}</b> × {formatGroup(line.group)} {componentName(text, plant.data, line.component)}</span>
          ))}
        </span>
      </td>
      <td className="number">{over ? steps.received : steps.packed} / {steps.quantity}</td>
      <td className="nowrap">{word('orderState', order.state)}</td>
      <td>{ahead !== null && !over && <OrderLane hospital={hospital} aheadMs={ahead} open={steps.quantity === 0 ? 1 : 1 - steps.packed / steps.quantity} />}</td>
      <td className="number">
        <span className="order-due-cell">
          {ahead === null || over ? '' : late ? t('orders.late', { late: formatLeft(-ahead, language) }) : formatLeft(ahead, language)}
        </span>
        <span className="caption">{formatMoment(due, zone, language)}</span>
      </td>
    </tr>
  );
}
