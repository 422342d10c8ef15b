import { Link } from 'react-router';
import type { PlantView, QueuedOrder } from '../api/types';
import { formatLeft, formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { Panel } from '../ui/Panel';

/** Orders behind the lanes, the next one first. */
export function QueuePanel({ queue, plant }: { queue: readonly QueuedOrder[]; plant: PlantView }) {
  const { t, name, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000);
  return (
    <Panel title={t('picking.queue')} caption={queue.length > 0 ? queue.length : undefined} className="picking-queue">
      {queue.length === 0 && <p className="muted">{t('picking.noQueue')}</p>}
      <ol>
        {queue.map((order) => {
          const hospital = plant.hospitals.find(({ id }) => id === order.hospital);
          const ahead = now === null ? null : instant(order.due_at) - now;
          const late = ahead !== null && ahead < 0;
          return (
            <li key={order.order} data-testid="picking-queued" data-order={order.order}>
              <Link to={`/orders/${encodeURIComponent(order.order)}`}>{hospital ? name(hospital) : order.hospital}</Link>
              <span className={late ? 'high' : 'label'}>{ahead === null ? '' : late ? `▲ ${t('orders.late', { late: formatLeft(-ahead, language) })}` : formatLeft(ahead, language)}</span>
              <span className="caption">{t('order.priority', { n: order.priority })} · {t('common.bagsN', { n: order.bags })}</span>
              <span className="caption">{t('picking.due', { time: formatMoment(instant(order.due_at), zone, language) })}</span>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
