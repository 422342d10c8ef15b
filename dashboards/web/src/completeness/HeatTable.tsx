import type { ProbeDay } from '../api/types';
import { useText } from '../i18n/text';
import { cellMark, cellState, heatOf, shareText } from './heat';

interface Props {
  days: readonly ProbeDay[];
  /** Every date of the period: one of which nothing is known keeps its place. */
  dates: readonly string[];
  chosen: ProbeDay | null;
  onChoose: (day: ProbeDay) => void;
}

/** Probes down, days across; each cell a number, a mark when it is short, and a bar of its share. */
export function HeatTable({ days, dates, chosen, onChoose }: Props) {
  const { t, name } = useText();
  return (
    <table className="list heat">
      <thead>
        <tr>
          <th>{t('meter.probe')}</th>
          {dates.map((date) => <th key={date} className="number">{date.slice(5)}</th>)}
        </tr>
      </thead>
      <tbody>
        {heatOf(days).map((row) => (
          <tr key={row.probe}>
            <th scope="row">{name(row)}<span className="caption mono">{row.probe}</span></th>
            {dates.map((date) => {
              const day = row.days.get(date);
              return <td key={date} className="number">{day === undefined ? <span className="heat-cell heat-none" title={t('meter.notKept')}>{t('state.none')}</span> : <Cell day={day} isChosen={chosen?.probe === day.probe && chosen.day === day.day} onChoose={() => onChoose(day)} />}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ day, isChosen, onChoose }: { day: ProbeDay; isChosen: boolean; onChoose: () => void }) {
  const { t } = useText();
  const share = shareText(day.share);
  const words = share === null ? t('meter.notDue') : `${share} %`;
  return (
    <button type="button" className={`heat-cell heat-${cellState(day.share)}`} aria-pressed={isChosen} aria-label={t('meter.cell', { probe: day.probe, day: day.day, share: words })} data-testid={`heat-${day.probe}-${day.day}`} onClick={onChoose}>
      <i style={{ height: `${(day.share ?? 0) * 100}%` }} />
      <span>{cellMark(day.share)} {share ?? t('state.none')}</span>
    </button>
  );
}
