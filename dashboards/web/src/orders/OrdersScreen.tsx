import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { useSession } from '../session/SessionContext';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { isOver } from './clockwork';
import { OrderTable } from './OrderTable';
import './OrdersScreen.css';

type Filter = 'open' | 'all';

const FILTERS: readonly Filter[] = ['open', 'all'];

/** Orders by their due time; a hospital sees its own. */
export default function OrdersScreen() {
  const { t } = useText();
  const navigate = useNavigate();
  const { session } = useSession();
  const [filter, setFilter] = useState<Filter>('open');
  const orders = useQuery(queries.orders(filter, session.hospital ?? undefined));
  const open = orders.data?.items.filter((order) => !isOver(order.state)).length ?? 0;
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('orders.title')}</h1>
        {orders.data && <span className="muted">{t('orders.open', { open })}</span>}
        <span className="grow" />
        {FILTERS.map((one) => (
          <button key={one} type="button" className="chip" data-testid={`orders-${one}`} aria-pressed={filter === one} onClick={() => setFilter(one)}>{t(`orders.filter.${one}`)}</button>
        ))}
        <Button type="primary" data-testid="order-new" onClick={() => void navigate('/orders/new')}>{t('orders.new')}</Button>
      </div>
      <div className="table-scroll">
        <Loaded query={orders} rows={10}>
          {(data) => (data.items.length === 0 ? <Empty>{t('orders.none')}</Empty> : <OrderTable orders={data.items} />)}
        </Loaded>
      </div>
    </div>
  );
}
