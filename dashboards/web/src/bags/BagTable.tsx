import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { queries } from '../api/queries';
import type { BagSummary } from '../api/types';
import { formatDin, formatGroup } from '../format/blood';
import { formatFull, formatShelfLife, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { componentName } from '../plant/componentName';
import { useRowKeys } from '../ui/useRowKeys';
import { bagPlace } from './bagPlace';

export function BagTable({ bags }: { bags: BagSummary[] }) {
  const text = useText();
  const { t, word, language } = text;
  const zone = useTimezone();
  const now = useDomainNow(60_000);
  const plant = useQuery(queries.plant());
  const navigate = useNavigate();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('bags.din')}</th>
          <th>{t('bags.group')}</th>
          <th>{t('bags.component')}</th>
          <th>{t('bags.status')}</th>
          <th>{t('bags.place')}</th>
          <th className="number">{t('bags.expires')}</th>
          <th className="number">{t('bag.shelfLife')}</th>
          <th className="number">{t('bags.holds')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {bags.map((bag) => {
          const left = now === null ? null : instant(bag.expires_at) - now;
          return (
            <tr key={bag.id} className="can-open" tabIndex={0} data-row data-testid="bag-row" data-bag-id={bag.id} data-status={bag.status} onClick={() => void navigate(`/bags/${encodeURIComponent(bag.id)}`)}>
              <td className="mono bag-din">{formatDin(bag.din)}</td>
              <td className="bag-group">{bag.group === null ? <span className="muted">?</span> : formatGroup(bag.group)}</td>
              <td title={bag.component}>{componentName(text, plant.data, bag.component)}</td>
              <td>{word('status', bag.status)}</td>
              <td className="label">{bagPlace(text, bag)}</td>
              <td className="number">{formatFull(instant(bag.expires_at), zone, language)}</td>
              <td className={`number ${left !== null && left <= 0 ? 'critical' : ''}`}>
                {left !== null && (left > 0 ? formatShelfLife(left, language) : t('bag.expired'))}
              </td>
              <td className="number">{bag.holds > 0 ? <span className="bag-holds">▲ {bag.holds}</span> : <span className="muted">{t('state.none')}</span>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
