import { Link } from 'react-router';
import { alarmPlace, alarmTitle, isUnacknowledged, stakeText } from '../alarms/wording';
import type { Alarm } from '../api/types';
import { formatAge, formatLeft, instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { PriorityMark } from '../ui/PriorityMark';

/** One open alarm on the board: the priority 1 that nobody has taken stands out, the others are a line. */
export function AlarmLine({ alarm }: { alarm: Alarm }) {
  const text = useText();
  const now = useDomainNow();
  const unacknowledged = isUnacknowledged(alarm);
  const urgent = unacknowledged && alarm.priority === 1;
  const returned = ['returned_unacknowledged', 'latched_unacknowledged', 'latched'].includes(alarm.state);
  const left = returned ? null : alarm.stake.minutes_left;
  const age = now === null ? '' : formatAge(now - instant(alarm.raised_at), text.language);
  return (
    <Link
      to={`/alarms?id=${encodeURIComponent(alarm.id)}`}
      className={`alarm-line${urgent ? ' alarm-urgent' : ''}${unacknowledged ? ' alarm-new' : ''}`}
    >
      <PriorityMark priority={alarm.priority} acknowledged={!unacknowledged} size={22} />
      <span className="alarm-what">
        <b>{alarmTitle(text, alarm)}</b>
        <small className="ellipsis">{[returned && text.t('alarms.returned'), alarmPlace(text, alarm), stakeText(text, alarm.stake)].filter(Boolean).join(' · ')}</small>
      </span>
      <span className="alarm-when">
        {left !== null ? formatLeft(left * MINUTE_MS, text.language) : age}
        {left !== null && <small>{text.t('alarms.col.left').toLowerCase()}</small>}
      </span>
    </Link>
  );
}
