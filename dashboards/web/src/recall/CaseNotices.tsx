import { useText } from '../i18n/text';
import { MAY_WORK_BY_HAND } from '../shell/useWriteRefusal';
import { Moment } from '../ui/Moment';
import { AnswerForm } from './AnswerForm';
import type { RecallNotice } from './types';

/** Everybody who was told, what they answered, and who has not; the centre can enter an answer given by telephone. */
export function CaseNotices({ recall, notices }: { recall: string; notices: readonly RecallNotice[] }) {
  const { t } = useText();
  const sorted = [...notices].sort((a, b) => Number(a.acknowledged_at !== null) - Number(b.acknowledged_at !== null));
  return (
    <section data-testid="recall-notices">
      <h3>{t('recall.notices')}</h3>
      {notices.length === 0 && <p className="muted">{t('recall.noticeNone')}</p>}
      <ul className="lines">{sorted.map((notice) => <NoticeLine key={notice.id} recall={recall} notice={notice} />)}</ul>
    </section>
  );
}

function NoticeLine({ recall, notice }: { recall: string; notice: RecallNotice }) {
  const { t, word, name } = useText();
  const waiting = notice.acknowledged_at === null;
  return (
    <li data-testid="recall-notice" data-kind={notice.kind} data-waiting={waiting}>
      <div className="lines-row">
        <span><b>{name(notice)}</b> <span className="muted">{word('recallHolder', notice.kind)} · {t('recall.noticeBags', { n: notice.bags.length })}</span></span>
        {waiting ? <span className={notice.overdue ? 'critical' : 'warning'}>▲ {t(notice.overdue ? 'recall.noticeOverdue' : 'recall.noticeOpen')}</span> : <span className="label">{t('recall.acknowledged')}</span>}
      </div>
      <p className="caption">
        {t('recall.noticeSent')} <Moment at={notice.sent_at} />
        {!waiting && <> · <Moment at={notice.acknowledged_at} /> {notice.acknowledged_by}</>}
      </p>
      {notice.answer !== null && <p>{notice.answer}</p>}
      {waiting && <AnswerForm recall={recall} notice={notice.id} label={t('recall.answerFor', { holder: name(notice) })} roles={MAY_WORK_BY_HAND} />}
    </li>
  );
}
