import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';

/** Reads new alarms aloud: priority 1 at once, the others when the reader is free. */
export function AlarmAnnouncer() {
  const { t, pick } = useText();
  const { data } = useQuery(queries.overview());
  const waiting = data?.alarms.top.filter((alarm) => alarm.state === 'unacknowledged' || alarm.state === 'latched_unacknowledged') ?? [];
  const sentence = (urgent: boolean) =>
    waiting
      .filter((alarm) => (alarm.priority === 1) === urgent)
      .map((alarm) =>
        t('alarms.announce', {
          priority: alarm.priority,
          title: pick(alarm.title_en, alarm.title_zh),
          place: pick(alarm.place_name_en ?? '', alarm.place_name_zh ?? ''),
        }),
      )
      .join('. ');
  return (
    <div className="visually-hidden">
      <div aria-live="assertive">{sentence(true)}</div>
      <div aria-live="polite">{sentence(false)}</div>
    </div>
  );
}
