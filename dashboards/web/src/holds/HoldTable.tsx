import type { Hold } from '../api/types';
import { useText } from '../i18n/text';
import { usePlaceNames } from '../plant/usePlaceNames';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { holdReason } from './holdReason';
import { HoldSubject } from './HoldSubject';

interface Props {
  holds: readonly Hold[];
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Holds with what they are on, why, and how many bags they keep. */
export function HoldTable({ holds, inHand, onChoose }: Props) {
  const text = useText();
  const { t, word } = text;
  const places = usePlaceNames();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('holds.scope')}</th>
          <th>{t('holds.subject')}</th>
          <th>{t('desk.reason')}</th>
          <th className="number">{t('holds.bags')}</th>
          <th>{t('holds.opened')}</th>
          <th>{t('desk.state')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {holds.map((hold) => (
          <tr key={hold.id} className={`can-open ${hold.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="hold-row" data-hold={hold.id} onClick={() => onChoose(hold.id)}>
            <td className="nowrap">{word('holdScope', hold.scope)}</td>
            <td><HoldSubject hold={hold} places={places} /></td>
            <td>{holdReason(text, hold)}</td>
            <td className="number">{hold.bags}</td>
            <td><Moment at={hold.opened_at} /><span className="caption">{hold.opened_by}</span></td>
            <td className="nowrap">{hold.lifted_at === null ? <b className="warning">▲ {t('holds.isOpen')}</b> : <span className="muted">{t('holds.isLifted')}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
