import { alarmPlace, alarmTitle } from '../alarms/wording';
import type { Alarm, Notice } from '../api/types';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { PriorityMark } from '../ui/PriorityMark';
import { useRowKeys } from '../ui/useRowKeys';
import { NoticeMark } from './NoticeMark';

interface Props {
  items: readonly Notice[];
  names: ReadonlyMap<string, Alarm>;
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Messages: about what, for whom, by which channel, and how far they got. */
export function NoticeTable({ items, names, inHand, onChoose }: Props) {
  const text = useText();
  const { t, word } = text;
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('desk.when')}</th>
          <th>{t('notices.about')}</th>
          <th>{t('notices.whom')}</th>
          <th>{t('notices.channel')}</th>
          <th>{t('desk.state')}</th>
          <th>{t('notices.receivedBy')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {items.map((notice) => {
          const alarm = notice.alarm === null ? undefined : names.get(notice.alarm);
          return (
            <tr key={notice.id} className={`can-open ${notice.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="notice-row" data-state={notice.state} data-channel={notice.channel} data-alarm={notice.alarm ?? ''} onClick={() => onChoose(notice.id)}>
              <td><Moment at={notice.queued_at} /></td>
              <td>
                <span className="row">
                  {notice.priority !== null && <PriorityMark priority={notice.priority} acknowledged={notice.received_how === 'acted'} size={18} />}
                  <span>{notice.kind === 'test' ? t('notices.test') : alarm === undefined ? notice.alarm : alarmTitle(text, alarm)}<span className="caption notice-second">{alarm && alarmPlace(text, alarm)}{notice.repeat > 0 && ` · ${t('notices.again', { n: notice.repeat })}`}</span></span>
                </span>
              </td>
              <td>{notice.told.join(', ') || t('state.none')}<span className="caption notice-second">{notice.who !== null && word('position', notice.who)}</span></td>
              <td>{word('channelName', notice.channel)}</td>
              <td className="nowrap"><NoticeMark notice={notice} />{notice.attempts > 1 && <span className="caption notice-second">{t('notices.attempts', { n: notice.attempts })}</span>}</td>
              <td>{notice.received_by ?? <span className="muted">{t('state.none')}</span>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
