import type { Order } from '../api/types';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { useRowKeys } from '../ui/useRowKeys';
import { OrderRow } from './OrderRow';

export function OrderTable({ orders }: { orders: Order[] }) {
  const { t } = useText();
  const now = useDomainNow(60_000);
  const onKeyDown = useRowKeys();
  const sorted = [...orders].sort((a, b) => a.due_at.localeCompare(b.due_at));
  return (
    <table className="list order-table">
      <thead>
        <tr>
          <th>{t('orders.col.hospital')}</th>
          <th>{t('orders.col.kind')}</th>
          <th>{t('orders.col.lines')}</th>
          <th className="number">{t('orders.col.bags')}</th>
          <th>{t('orders.col.state')}</th>
          <th>{t('orders.col.clock')}</th>
          <th className="number">{t('orders.col.due')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {sorted.map((order) => <OrderRow key={order.id} order={order} now={now} />)}
      </tbody>
    </table>
  );
}
