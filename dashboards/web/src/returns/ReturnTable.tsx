import type { Return } from '../api/types';
import { useText } from '../i18n/text';
import { useHospitalName } from '../plant/useHospitalName';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { awaited, toDecide } from './state';

interface Props {
  returns: readonly Return[];
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Returns with what of them is still to come and what is to be decided. */
export function ReturnTable({ returns, inHand, onChoose }: Props) {
  const { t } = useText();
  const hospital = useHospitalName();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('orderForm.hospital')}</th>
          <th>{t('desk.reason')}</th>
          <th>{t('returns.announced')}</th>
          <th className="number">{t('holds.bags')}</th>
          <th className="number">{t('returnState.announced')}</th>
          <th className="number">{t('returns.toDecide')}</th>
          <th>{t('desk.state')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {returns.map((one) => {
          const waiting = toDecide(one).length;
          return (
            <tr key={one.id} className={`can-open ${one.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="return-row" data-return={one.id} onClick={() => onChoose(one.id)}>
              <td>{hospital(one.hospital)}</td>
              <td>{one.reason}</td>
              <td><Moment at={one.created_at} /><span className="caption">{one.created_by}</span></td>
              <td className="number">{one.bags.length}</td>
              <td className="number">{awaited(one).length}</td>
              <td className="number">{waiting === 0 ? <span className="muted">0</span> : <b className="warning">◆ {waiting}</b>}</td>
              <td className="nowrap">{one.closed_at === null ? t('returns.isOpen') : <span className="muted">{t('returns.isClosed')}</span>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
