import type { AlarmJournalEntry } from '../api/types';
import { formatNear, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';

/** What happened to the alarm and who did it, the newest first. */
export function AlarmJournal({ entries }: { entries: AlarmJournalEntry[] }) {
  const { t, word, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000) ?? 0;
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>{t('alarm.journal')}</h3>
      <ol className="journal">
        {[...entries].reverse().map((entry) => (
          <li key={`${entry.at} ${entry.event} ${entry.to_state}`}>
            <time>{formatNear(instant(entry.at), now, zone, language)}</time>
            <span>
              {word('alarmState', entry.to_state)} <span className="muted">{entry.actor}</span>
              {entry.comment && <span className="label"> · {entry.comment}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
