import { Link } from 'react-router';
import type { OrderSummary } from '../api/types';
import { formatLeft, instant } from '../format/time';
import { useText } from '../i18n/text';
import { OrderLane } from '../orders/OrderLane';

/** One open order on the board. */
export function OrderLine({ order, now }: { order: OrderSummary; now: number }) {
  const { t, pick, word, language } = useText();
  const hospital = pick(order.hospital_name_en, order.hospital_name_zh);
  const ahead = instant(order.due_at) - now;
  return (
    <Link to={`/orders/${encodeURIComponent(order.id)}`} className={`order-line${order.late ? ' order-late' : ''}`}>
      <span className="ellipsis">
        {order.late && <span aria-hidden>▲ </span>}
        {hospital} <small>{word('orderState', order.state)}</small>
      </span>
      <OrderLane hospital={hospital} aheadMs={ahead} open={order.bags_total === 0 ? 1 : 1 - order.bags_done / order.bags_total} />
      <span className="number">{order.bags_done} / {order.bags_total}</span>
      <span className="number order-due">{ahead < 0 ? t('orders.late', { late: formatLeft(-ahead, language) }) : formatLeft(ahead, language)}</span>
    </Link>
  );
}
