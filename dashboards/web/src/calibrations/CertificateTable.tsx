import type { Calibration } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { useText } from '../i18n/text';
import { useRowKeys } from '../ui/useRowKeys';
import { CertificateMark } from './CertificateMark';

interface Props {
  items: readonly Calibration[];
  inHand: string | null;
  onChoose: (probe: string) => void;
}

/** Each probe with the certificate that holds for it. */
export function CertificateTable({ items, inHand, onChoose }: Props) {
  const { t, name } = useText();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('certs.probe')}</th>
          <th>{t('desk.state')}</th>
          <th>{t('certs.dueOn')}</th>
          <th className="number">{t('certs.offset')}</th>
          <th className="number">{t('certs.uncertainty')}</th>
          <th>{t('certs.certificate')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {items.map((one) => (
          <tr key={one.probe} className={`can-open ${one.probe === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid={`cert-${one.probe}`} data-state={one.state} onClick={() => onChoose(one.probe)}>
            <td>{name(one)}<span className="caption mono">{one.probe}</span></td>
            <td className="nowrap"><CertificateMark state={one.state} /></td>
            <td className="nowrap">{one.due_on ?? t('state.none')}<DaysLeft days={one.days_left} /></td>
            <td className="number">{one.offset_c === null ? t('state.none') : formatTemperature(one.offset_c, 2)}</td>
            <td className="number">{one.uncertainty_c === null ? t('state.none') : `± ${formatTemperature(one.uncertainty_c, 2)}`}</td>
            <td>{one.certificate ?? t('state.none')}{one.laboratory !== null && <span className="caption">{one.laboratory}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DaysLeft({ days }: { days: number | null }) {
  const { t } = useText();
  if (days === null) return null;
  return <span className="caption">{days < 0 ? t('certs.over', { n: formatNumber(-days) }) : t('certs.left', { n: formatNumber(days) })}</span>;
}
