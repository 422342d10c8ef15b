import type { OrderSummary } from '../api/types';
import { formatClock, HOUR_MS, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { Empty } from '../ui/Empty';
import { Panel } from '../ui/Panel';
import { OrderLine } from './OrderLine';
import './orders.css';

/** Open orders by their due time, each on a lane that begins now. */
export function OrdersPanel({ orders }: { orders: OrderSummary[] }) {
  const { t } = useText();
  const zone = useTimezone();
  const now = useDomainNow(MINUTE_MS) ?? 0;
  const late = orders.filter((order) => order.late).length;
  const sorted = [...orders].sort((a, b) => a.due_at.localeCompare(b.due_at));
  const caption = late > 0 ? t('orders.openLate', { open: orders.length, late }) : t('orders.open', { open: orders.length });
  return (
    <Panel title={t('orders.clock')} caption={orders.length > 0 ? caption : undefined} className="board-orders">
      {orders.length === 0 && <Empty>{t('orders.none')}</Empty>}
      <div className="order-lines">
        {sorted.map((order) => <OrderLine key={order.id} order={order} now={now} />)}
      </div>
      {orders.length > 0 && (
        <div className="order-axis" aria-hidden>
          <span />
          <span className="order-hours">
            <i>{t('orders.now')}</i>
            {[1, 2, 3].map((hour) => <i key={hour} style={{ left: `${hour * 25}%` }}>{formatClock(now + hour * HOUR_MS, zone, false)}</i>)}
          </span>
          <span className="number">{t('common.bags')}</span>
          <span className="number">{t('orders.due')}</span>
        </div>
      )}
    </Panel>
  );
}
