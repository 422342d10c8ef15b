import type { HeldDonation } from '../api/types';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';

interface Props {
  held: readonly HeldDonation[];
  inHand: string | null;
  onChoose: (din: string) => void;
}

/** Held donations by number. Neither the donor nor the reason stands in a list that others may pass by. */
export function HeldTable({ held, inHand, onChoose }: Props) {
  const { t, word } = useText();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('lab.donation')}</th>
          <th>{t('donors.heldAt')}</th>
          <th className="number">{t('holds.bags')}</th>
          <th>{t('donors.gone')}</th>
          <th>{t('desk.state')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {held.map((one) => (
          <tr key={one.din} className={`can-open ${one.din === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="held-row" data-din={one.din} onClick={() => onChoose(one.din)}>
            <td className="mono nowrap">{formatDin(one.din)}</td>
            <td><Moment at={one.held_at} /></td>
            <td className="number">{one.bags.length}</td>
            <td>{one.gone.length === 0 ? <span className="muted">{t('state.none')}</span> : <b className="high">▲ {t('donors.goneN', { n: one.gone.length })}</b>}</td>
            <td className="nowrap">{one.state === 'held' ? <b className="warning">◆ {word('checkState', one.state)}</b> : <span className="label">{word('checkState', one.state)}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
