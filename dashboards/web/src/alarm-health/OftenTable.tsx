import { Link } from 'react-router';
import type { OftenAlarm } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { percent } from './percent';

/** Alarms by how often they called; each opens itself. */
export function OftenTable({ items }: { items: readonly OftenAlarm[] }) {
  const { t, pick } = useText();
  if (items.length === 0) return <Empty>{t('alarmHealth.nothing')}</Empty>;
  return (
    <table className="list">
      <thead><tr><th>{t('alarmHealth.alarm')}</th><th className="number">{t('alarmHealth.n')}</th><th className="number">{t('alarmHealth.share')}</th></tr></thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.alarm} data-testid="often">
            <td><Link to={`/alarms?id=${encodeURIComponent(one.alarm)}`}>{pick(one.title_en, one.title_zh)}</Link> <small className="muted mono">{one.source}</small></td>
            <td className="number">{formatNumber(one.n)}</td>
            <td className="number">{percent(one.share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
