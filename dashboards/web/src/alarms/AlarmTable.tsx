import { Fragment } from 'react';
import type { Alarm } from '../api/types';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { useRowKeys } from '../ui/useRowKeys';
import { AlarmRow } from './AlarmRow';
import { ALARM_GROUPS } from './groups';
import './AlarmTable.css';

interface Props {
  alarms: Alarm[];
  anyOpen: boolean;
  selected: string | null;
  onSelect: (id: string) => void;
}

export function AlarmTable({ alarms, anyOpen, selected, onSelect }: Props) {
  const { t } = useText();
  const onKeyDown = useRowKeys();
  if (alarms.length === 0) return <Empty>{t(anyOpen ? 'alarms.noneHere' : 'alarms.none')}</Empty>;
  return (
    <table className="list alarm-table">
      <thead>
        <tr>
          <th aria-label={t('orderForm.priority')} />
          <th>{t('alarms.col.condition')}</th>
          <th className="number">{t('alarms.col.now')}</th>
          <th>{t('alarms.col.band')}</th>
          <th className="number">{t('alarms.col.bags')}</th>
          <th className="number">{t('alarms.col.left')}</th>
          <th className="number">{t('alarms.col.age')}</th>
          <th>{t('alarms.col.owner')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {ALARM_GROUPS.map(({ key, states }) => {
          const members = alarms.filter((alarm) => states.includes(alarm.state));
          if (members.length === 0) return null;
          return (
            <Fragment key={key}>
              <tr className="alarm-group">
                <td />
                <td colSpan={7}>{t(key)}</td>
              </tr>
              {members.map((alarm) => (
                <AlarmRow key={alarm.id} alarm={alarm} selected={alarm.id === selected} onSelect={() => onSelect(alarm.id)} />
              ))}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
