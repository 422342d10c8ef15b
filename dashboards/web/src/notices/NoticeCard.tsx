import { Link } from 'react-router';
import { alarmPlace, alarmTitle } from '../alarms/wording';
import type { Alarm, Notice } from '../api/types';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { channelAnswer } from './channelAnswer';
import { NoticeAnswer } from './NoticeAnswer';
import { NoticeMark } from './NoticeMark';

/** One message: what it said, to whom, its way through the channel, and the answer of who was told. */
export function NoticeCard({ notice, alarm }: { notice: Notice; alarm: Alarm | undefined }) {
  const text = useText();
  const { t, word, pick } = text;
  const said = pick(notice.text_en ?? '', notice.text_zh ?? '');
  const title = notice.kind === 'test' ? t('notices.test') : alarm === undefined ? (notice.alarm ?? '') : alarmTitle(text, alarm);
  const tried = notice.attempts > 0;
  return (
    <div className="card" data-testid="notice-card">
      <div>
        <h2>{title}</h2>
        <p className="label">{alarm && alarmPlace(text, alarm)}</p>
      </div>
      <p><NoticeMark notice={notice} /></p>
      <NoticeAnswer notice={notice} />
      <section>
        <dl className="facts">
          <dt>{t('notices.whom')}</dt>
          <dd>{notice.told.join(', ') || t('state.none')}{notice.who !== null && <span className="caption"> {word('position', notice.who)}</span>}</dd>
          <dt>{t('notices.channel')}</dt>
          <dd>{word('channelName', notice.channel)}{notice.person === null ? '' : ` · ${notice.person}`}</dd>
          {notice.kind === 'alarm' && <><dt>{t('notices.step')}</dt><dd>{notice.step + 1}{notice.repeat > 0 && ` · ${t('notices.again', { n: notice.repeat })}`}</dd></>}
          <dt>{t('notices.queuedAt')}</dt>
          <dd><Moment at={notice.queued_at} /></dd>
          <dt>{t('notices.attemptsHead')}</dt>
          <dd>{notice.attempts}</dd>
          {notice.sent_at !== null && <><dt>{t('notices.sentAt')}</dt><dd><Moment at={notice.sent_at} /></dd></>}
          {notice.sent_at === null && tried && <><dt>{t('notices.triedAt')}</dt><dd><Moment at={notice.tried_at_real} full /></dd></>}
          {notice.next_try_at_real !== null && tried && <><dt>{t('notices.nextTry')}</dt><dd><Moment at={notice.next_try_at_real} full /></dd></>}
          {notice.detail !== '' && <><dt>{t('notices.detail')}</dt><dd>{channelAnswer(text, notice.detail)}</dd></>}
          {notice.received_how !== null && <><dt>{word('receivedHow', notice.received_how)}</dt><dd>{notice.received_by} · <Moment at={notice.received_at} /></dd></>}
        </dl>
      </section>
      {said !== '' && <section><h3>{t('notices.text')}</h3><p className="notice-text" data-testid="notice-text">{said}</p></section>}
      {notice.alarm !== null && <p><Link to={`/alarms?id=${encodeURIComponent(notice.alarm)}`} data-testid="notice-alarm">{t('notices.toAlarm')}</Link></p>}
      <p className="caption mono">{notice.id}</p>
    </div>
  );
}
