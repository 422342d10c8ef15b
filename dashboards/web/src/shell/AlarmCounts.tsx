import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { PriorityMark } from '../ui/PriorityMark';

/** Open alarms by priority; a solid mark as long as one of that priority waits for an acknowledgement. */
export function AlarmCounts() {
  const { t } = useText();
  const { data } = useQuery(queries.overview());
  if (!data) return null;
  return (
    <Link to="/alarms" className="alarm-counts" aria-label={t('bar.alarms')}>
      {data.alarms.counts.map(({ priority, open, unacknowledged }) => (
        <span key={priority} className={open === 0 ? 'alarm-count-none' : ''}>
          <PriorityMark priority={priority} acknowledged={unacknowledged === 0} size={20} />
          <b>{open}</b>
        </span>
      ))}
    </Link>
  );
}
