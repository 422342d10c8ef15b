import type { AlarmDetail } from '../api/types';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { alarmValue } from './wording';

const SHOWN = 6;

/** The times that it stood, the newest first: how bad, and why each was over. */
export function AlarmOccurrences({ alarm }: { alarm: AlarmDetail }) {
  const text = useText();
  const { t, pick } = text;
  if (alarm.occurrences.length === 0) return null;
  return (
    <section>
      <h3>{t('alarm.occurrences')}</h3>
      <ol className="journal">
        {alarm.occurrences.slice(0, SHOWN).map((one) => (
          <li key={one.id} data-testid="occurrence">
            <Moment at={one.raised_at} />
            <span>
              {one.returned_at === null ? <b>{t('alarm.stands')}</b> : one.closed_reason === null ? <span className="warning">◆ {t('alarm.noReason')}</span> : pick(one.closed_reason_en ?? one.closed_reason, one.closed_reason_zh ?? one.closed_reason)}
              {one.worst !== null && <span className="label"> · {t('alarm.worst', { value: alarmValue(text, one.worst, alarm.unit) ?? '' })}</span>}
              {one.repeats > 0 && <span className="label"> · {t('alarm.times', { n: one.repeats })}</span>}
              {one.closed_by !== null && <span className="muted"> {one.closed_by}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
