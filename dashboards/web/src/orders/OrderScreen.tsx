import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { queries } from '../api/queries';
import type { Order } from '../api/types';
import { formatLeft, formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { isHospital, useSession } from '../session/SessionContext';
import { Loaded } from '../ui/Loaded';
import { CancelOrder } from './CancelOrder';
import { isOver } from './clockwork';
import { OrderLineView } from './OrderLineView';
import { OrderProgress } from './OrderProgress';
import { ReceiveByScan } from './ReceiveByScan';
import './OrderScreen.css';

/** One order from its placing to its receipt. */
export default function OrderScreen() {
  const { t } = useText();
  const { id = '' } = useParams();
  const order = useQuery(queries.order(id));
  return (
    <div className="page page-scroll">
      <nav className="crumb">
        <Link to="/orders">{t('order.crumb')}</Link>
        <span className="muted">›</span>
        <b className="mono">{id}</b>
      </nav>
      <Loaded query={order} rows={8}>{(data) => <OrderInFull order={data} />}</Loaded>
    </div>
  );
}

function OrderInFull({ order }: { order: Order }) {
  const { t, pick, word, language } = useText();
  const zone = useTimezone();
  const { session } = useSession();
  const now = useDomainNow(60_000);
  const due = instant(order.due_at);
  const ahead = now === null ? null : due - now;
  const over = isOver(order.state);
  const shipment = useQuery({ ...queries.shipment(order.shipment ?? ''), enabled: order.shipment !== null });
  const facts = [
    word('orderKind', order.kind),
    t('order.priority', { n: order.priority }),
    t('order.created', { time: formatMoment(instant(order.created_at), zone, language) }),
    t('order.dueAt', { time: formatMoment(due, zone, language) }),
  ];
  return (
    <div className="order" data-testid="order-detail" data-order-id={order.id} data-state={order.state}>
      <div className="order-main">
        <div className="order-head">
          <div>
            <h1>{pick(order.hospital_name_en, order.hospital_name_zh)}</h1>
            <p className="label">{facts.join(' · ')}</p>
          </div>
          {!over && ahead !== null && (
            <p className={`order-left ${ahead < 0 ? 'high' : ''}`}>
              {ahead < 0 ? `▲ ${t('orders.late', { late: formatLeft(-ahead, language) })}` : formatLeft(ahead, language)}
            </p>
          )}
        </div>
        <OrderProgress order={order} />
        {order.lines.map((line) => <OrderLineView key={line.id} line={line} linkBags={!isHospital(session)} />)}
      </div>
      <aside className="order-side">
        {shipment.data && <ReceiveByScan coming={[shipment.data]} />}
        <CancelOrder order={order} />
      </aside>
    </div>
  );
}
