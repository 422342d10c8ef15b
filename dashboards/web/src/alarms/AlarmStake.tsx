import { Link } from 'react-router';
import type { AlarmDetail } from '../api/types';
import { formatDin, formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';

const SHOWN_BAGS = 8;

/** Which bags lie behind the alarm, where the blast radius does not say it already, and which orders wait for them. */
export function AlarmStake({ alarm, withBags }: { alarm: AlarmDetail; withBags: boolean }) {
  const { t } = useText();
  const bags = withBags ? alarm.bags : [];
  const rest = Math.max(alarm.stake.bags, bags.length) - Math.min(SHOWN_BAGS, bags.length);
  if (bags.length === 0 && alarm.orders.length === 0) return null;
  return (
    <section>
      {bags.length > 0 && (
        <>
          <h3>{t('alarm.bags')}</h3>
          <ul className="stake-list">
            {bags.slice(0, SHOWN_BAGS).map((bag) => (
              <li key={bag.id}>
                <Link to={`/bags/${encodeURIComponent(bag.id)}`} className="mono" data-testid="alarm-bag">{formatDin(bag.din)}</Link>{' '}
                <span className="muted">{bag.group && formatGroup(bag.group)}</span>
              </li>
            ))}
            {rest > 0 && (
              <li>
                <Link to={`/bags${alarm.place === null ? '' : `?place=${encodeURIComponent(alarm.place)}`}`}>
                  {t('alarm.bagsMore', { n: formatNumber(rest) })}
                </Link>
              </li>
            )}
          </ul>
        </>
      )}
      {alarm.orders.length > 0 && (
        <>
          <h3>{t('alarm.orders')}</h3>
          <ul className="stake-list">
            {alarm.orders.map((order) => <li key={order}><Link to={`/orders/${encodeURIComponent(order)}`} className="mono">{order}</Link></li>)}
          </ul>
        </>
      )}
    </section>
  );
}
