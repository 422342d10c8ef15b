import type { HealthTarget } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Unconfirmed } from '../ui/Unconfirmed';
import { percent } from './percent';

/** Each measure beside its target, what is not met first. */
export function TargetTable({ targets }: { targets: readonly HealthTarget[] }) {
  const { t, name } = useText();
  return (
    <table className="list">
      <thead><tr><th>{t('alarmHealth.what')}</th><th className="number">{t('alarmHealth.value')}</th><th className="number">{t('alarmHealth.target')}</th><th /></tr></thead>
      <tbody>
        {[...targets].sort((a, b) => Number(a.met) - Number(b.met)).map((target) => (
          <tr key={target.key} data-testid={`target-${target.key}`} data-met={target.met}>
            <td>{name(target)} <Unconfirmed status={target.status} source={target.source} /></td>
            <td className="number">{measured(target.key, target.value)}</td>
            <td className="number">{measured(target.key, target.target)}</td>
            <td className="nowrap">{target.met ? <span className="label">✓ {t('alarmHealth.met')}</span> : <b className="warning">◆ {t('alarmHealth.notMet')}</b>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Shares are told in percent, everything else as a count. */
function measured(key: string, value: number): string {
  if (key.endsWith('share')) return percent(value);
  return formatNumber(value, Number.isInteger(value) ? 0 : 2);
}
