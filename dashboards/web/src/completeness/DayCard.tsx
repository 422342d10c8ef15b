import { Link } from 'react-router';
import type { ProbeDay } from '../api/types';
import { formatNumber } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { cellMark, cellState, gapsOf, shareText } from './heat';

/** One day of one probe: what was due, what came, and each gap with its reason. */
export function DayCard({ day }: { day: ProbeDay }) {
  const { t, name } = useText();
  const { missing, notDue } = gapsOf(day);
  const share = shareText(day.share, 2);
  const fact = (label: string, value: number) => <><dt>{label}</dt><dd>{formatNumber(value)}</dd></>;
  return (
    <div className="card" data-testid="day-card">
      <div className="card-head"><h2>{name(day)}</h2><span>{day.day}</span></div>
      <p className="caption mono">{day.probe}</p>
      <p className="card-lead"><b className={`heat-lead-${cellState(day.share)}`}>{cellMark(day.share)} {share === null ? t('state.none') : `${share} %`}</b>{share === null && <span>{t('meter.notDue')}</span>}</p>
      <dl className="facts">
        {fact(t('meter.expected'), day.expected)}
        {fact(t('meter.received'), day.received)}
        {fact(t('meter.filled'), day.filled)}
        {fact(t('meter.uncertain'), day.uncertain)}
        {fact(t('meter.lost'), day.lost)}
        {fact(t('meter.late'), day.late)}
      </dl>
      <section>
        <h3>{t('meter.gaps')}</h3>
        {missing.length === 0 ? <p className="muted">{t('meter.noGap')}</p> : <Gaps gaps={missing} />}
      </section>
      {notDue.length > 0 && (
        <section>
          <h3>{t('meter.notDueTimes')}</h3>
          <Gaps gaps={notDue} />
        </section>
      )}
      <p><Link to={`/completeness?probe=${encodeURIComponent(day.probe)}&period=30d`}>{t('meter.month')}</Link></p>
    </div>
  );
}

function Gaps({ gaps }: { gaps: ProbeDay['gaps'] }) {
  const { word, language } = useText();
  return (
    <ul className="lines">
      {gaps.map((gap) => (
        <li key={gap.from_at} className="lines-row" data-testid="gap" data-reason={gap.reason}>
          <span><Moment at={gap.from_at} /> – <Moment at={gap.to_at} /></span>
          <b>{formatMinutes(gap.minutes, language)}</b>
          <span className="label">{word('gapReason', gap.reason)}</span>
        </li>
      ))}
    </ul>
  );
}
