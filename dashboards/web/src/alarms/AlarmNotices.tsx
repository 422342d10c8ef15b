import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import type { AlarmDetail } from '../api/types';
import { useText } from '../i18n/text';
import { NoticeMark } from '../notices/NoticeMark';
import { untold } from '../notices/untold';
import { useTelling } from '../notices/useTelling';
import { Moment } from '../ui/Moment';

const SHOWN = 6;

/** Who was told of it, by which channel, and whether it arrived; and when the next step of the ladder is due. */
export function AlarmNotices({ alarm }: { alarm: AlarmDetail }) {
  const { t, word } = useText();
  const notices = useQuery(coldQueries.notices({ alarm: alarm.id }));
  const items = notices.data?.items ?? [];
  const at = useTelling();
  const missing = at === null ? null : untold(alarm, at);
  if (items.length === 0 && !alarm.escalation) return null;
  return (
    <section data-testid="alarm-notices">
      <h3>{t('alarm.told')}{alarm.escalation?.next_at ? <small className="label"> · {t('alarm.nextStep')} <Moment at={alarm.escalation.next_at} /></small> : null}</h3>
      {missing !== null && <p className={missing === 'quiet' ? 'label' : 'critical'}>{missing !== 'quiet' && '▲ '}{word('untold', missing)}</p>}
      {alarm.escalation?.coming.map((who) => <p key={who}><b>✓ {t('notices.coming', { who })}</b></p>)}
      <ol className="journal">
        {items.slice(0, SHOWN).map((notice) => (
          <li key={notice.id}>
            <Moment at={notice.queued_at} />
            <span>
              {notice.told.join(', ')} <span className="label">· {word('channelName', notice.channel)} · </span><NoticeMark notice={notice} />
              {notice.received_by !== null && <span className="label"> · {notice.received_by}</span>}
            </span>
          </li>
        ))}
      </ol>
      {items.length > 0 && <p><Link to={`/notices?alarm=${encodeURIComponent(alarm.id)}`} data-testid="alarm-all-notices">{t('notices.all')}</Link></p>}
    </section>
  );
}
