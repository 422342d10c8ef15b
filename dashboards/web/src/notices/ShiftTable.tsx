import type { Rota, RotaShift } from '../api/types';
import { useText, type Text } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { useRowKeys } from '../ui/useRowKeys';
import { isOverMidnight, weekdaySpans } from './rota';

interface Props {
  rota: Rota;
  inHand: number | null;
  onChoose: (index: number) => void;
}

/** The turns of a week as they stand in the rota; a row is chosen to change it. */
export function ShiftTable({ rota, inHand, onChoose }: Props) {
  const text = useText();
  const { t, word } = text;
  const onKeyDown = useRowKeys();
  if (rota.shifts.length === 0) return <Empty>{t('rota.none')}</Empty>;
  return (
    <table className="list">
      <thead><tr><th>{t('rota.position')}</th><th>{t('rota.person')}</th><th>{t('rota.substitute')}</th><th>{t('rota.days')}</th><th>{t('rota.times')}</th></tr></thead>
      <tbody onKeyDown={onKeyDown}>
        {rota.shifts.map((shift, index) => (
          <tr key={`${shift.position} ${shift.person} ${shift.weekdays.join('')} ${shift.from_time} ${shift.to_time}`} className={`can-open ${index === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="rota-shift" onClick={() => onChoose(index)}>
            <td>{word('position', shift.position)}</td>
            <td>{shift.person}</td>
            <td>{shift.substitute ?? <span className="muted">{t('state.none')}</span>}</td>
            <td>{daysText(text, shift.weekdays)}</td>
            <td className="nowrap">{timesText(text, shift)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function daysText({ t, word, pick }: Text, weekdays: readonly number[]): string {
  if (weekdays.length === 7) return t('rota.everyDay');
  return weekdaySpans(weekdays).map(([first, last]) => (first === last ? word('weekday', String(first)) : `${word('weekday', String(first))}–${word('weekday', String(last))}`)).join(pick(', ', '、'));
}

function timesText({ t }: Text, shift: RotaShift): string {
  if (shift.from_time === shift.to_time) return t('rota.wholeDay', { time: shift.from_time });
  return `${shift.from_time} – ${shift.to_time}${isOverMidnight(shift) ? ` ${t('rota.nextDay')}` : ''}`;
}
