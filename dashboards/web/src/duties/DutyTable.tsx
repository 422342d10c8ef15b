import type { Duty } from '../api/types';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { DutyMark } from './DutyMark';

interface Props {
  items: readonly Duty[];
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Duties, the most urgent first. */
export function DutyTable({ items, inHand, onChoose }: Props) {
  const { t, word, name } = useText();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('duties.what')}</th>
          <th>{t('duties.store')}</th>
          <th>{t('duties.day')}</th>
          <th>{t('duties.due')}</th>
          <th>{t('desk.state')}</th>
          <th>{t('desk.who')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {items.map((duty) => (
          <tr key={duty.id} className={`can-open ${duty.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="duty-row" data-state={duty.state} data-kind={duty.kind} onClick={() => onChoose(duty.id)}>
            <td>{word('dutyKind', duty.kind)}</td>
            <td>{name(duty)}</td>
            <td className="nowrap">{duty.day}</td>
            <td><Moment at={duty.due_at} /></td>
            <td className="nowrap"><DutyMark state={duty.state} /></td>
            <td>{duty.done_by ?? <span className="muted">{t('state.none')}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
