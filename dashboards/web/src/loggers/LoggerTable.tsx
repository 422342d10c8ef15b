import type { LoggerRecord } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';

interface Props {
  items: readonly LoggerRecord[];
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Files that were taken, newest first. */
export function LoggerTable({ items, inHand, onChoose }: Props) {
  const { t, word } = useText();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('loggers.file')}</th>
          <th>{t('loggers.period')}</th>
          <th>{t('loggers.box')}</th>
          <th className="number">{t('loggers.readings')}</th>
          <th className="number">{t('unit.excursions')}</th>
          <th className="number">{t('loggers.bags')}</th>
          <th>{t('loggers.stored')}</th>
          <th>{t('desk.who')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {items.map((one) => (
          <tr key={one.id} className={`can-open ${one.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="logger-row" onClick={() => onChoose(one.id)}>
            <td>{one.name}<span className="caption">{word('loggerFormat', one.format)}{one.serial !== null && ` · ${one.serial}`}</span></td>
            <td><Moment at={one.from_at} /> – <Moment at={one.to_at} /></td>
            <td>{one.box ?? t('state.none')}{one.shipment !== null && <span className="caption mono">{one.shipment}</span>}</td>
            <td className="number">{one.readings === null ? `${formatNumber(one.days ?? 0)} ${t('common.days')}` : formatNumber(one.readings)}</td>
            <td className="number">{one.excursions + one.alarms === 0 ? t('state.none') : <b className="high">▲ {formatNumber(one.excursions + one.alarms)}</b>}{one.doubts > 0 && <b className="warning"> ◆ {formatNumber(one.doubts)}</b>}</td>
            <td className="number">{formatNumber(one.bags.length)}</td>
            <td>{one.stored_at === null ? <span className="muted">{one.readings === null ? t('state.none') : t('loggers.notStored')}</span> : <Moment at={one.stored_at} />}</td>
            <td>{one.recorded_by}<span className="caption"><Moment at={one.recorded_at} /></span></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
