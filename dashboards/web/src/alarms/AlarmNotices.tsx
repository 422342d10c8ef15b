import { useQuery } from '@tanstack/react-query';
import { coldQueries } from '../api/coldQueries';
import type { AlarmDetail } from '../api/types';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';

/** Who was told of it, by which channel, and whether it arrived; and when the next step of the ladder is due. */
export function AlarmNotices({ alarm }: { alarm: AlarmDetail }) {
  const { t, word } = useText();
  const notices = useQuery(coldQueries.notices({ alarm: alarm.id }));
  const items = notices.data?.items ?? [];
  if (items.length === 0 && !alarm.escalation) return null;
  return (
    <section data-testid="alarm-notices">
      <h3>{t('alarm.told')}{alarm.escalation?.next_at ? <small className="label"> · {t('alarm.nextStep')} <Moment at={alarm.escalation.next_at} /></small> : null}</h3>
      <ol className="journal">
        {items.map((notice) => (
          <li key={notice.id}>
            <Moment at={notice.queued_at} />
            <span>
              {notice.person ?? notice.channel} <span className="label">{notice.person !== null && notice.channel} · {word('noticeState', notice.state)}</span>
              {notice.received_by !== null && <span className="label"> · ✓ {notice.received_by}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
