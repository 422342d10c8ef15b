import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { alarmPlace, alarmTitle, stakeText } from '../alarms/wording';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { Failure } from '../ui/Failure';
import { Moment } from '../ui/Moment';
import { PriorityMark } from '../ui/PriorityMark';
import { unanswered, untoldAlarms } from './untold';
import { useTelling } from './useTelling';

const LOOK_EVERY_MS = 5_000;

/** Alarms of which nobody can know: the loudest thing on this screen. Without any, how many wait for an answer. */
export function UntoldPanel() {
  const text = useText();
  const { t, word } = text;
  const at = useTelling();
  const alarms = useQuery({ ...queries.alarms('open'), refetchInterval: LOOK_EVERY_MS });
  if (alarms.error && alarms.data === undefined) return <Failure error={alarms.error} sentence={t('notices.untoldUnknown')} onRetry={() => void alarms.refetch()} />;
  if (alarms.data === undefined || at === null) return null;
  const silent = untoldAlarms(alarms.data.items, at);
  const missing = silent.filter(({ why }) => why !== 'quiet');
  const later = silent.length - missing.length;
  const waiting = unanswered(alarms.data.items);
  return (
    <>
      {missing.length > 0 && (
        <section className="untold" role="alert" data-testid="untold">
          <h2>▲ {t('notices.untold', { n: missing.length })}</h2>
          <ul>
            {missing.map(({ alarm, why }) => (
              <li key={alarm.id} data-testid="untold-alarm">
                <PriorityMark priority={alarm.priority} size={22} />
                <Link to={`/alarms?id=${encodeURIComponent(alarm.id)}`}>{alarmTitle(text, alarm)}</Link>
                <span>{alarmPlace(text, alarm)}</span>
                <span className="nowrap">{t('notices.since')} <Moment at={alarm.raised_at} /></span>
                <span>{word('untold', why)}</span>
                <span>{stakeText(text, alarm.stake)}</span>
              </li>
            ))}
          </ul>
          <p>{t('notices.untoldDo')}</p>
        </section>
      )}
      <p className="label" data-testid="unanswered">
        {waiting.length === 0 ? t('notices.allAnswered') : <b>◆ {t('notices.unanswered', { n: waiting.length })}</b>}
        {later > 0 && ` ${t('notices.quietNow', { n: later })}`}
      </p>
    </>
  );
}
