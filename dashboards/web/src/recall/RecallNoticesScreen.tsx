import { useQuery } from '@tanstack/react-query';
import { useText } from '../i18n/text';
import { MAY_RECEIVE } from '../shell/useWriteRefusal';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { AnswerForm } from './AnswerForm';
import { recallQueries } from './queries';
import { BagCells } from './ReachView';
import type { HospitalRecallNotice } from './types';
import '../ui/Split.css';
import './recall.css';

/** Statuses of a bag that the hospital can still take in its hand. */
const WITH_YOU = ['RECEIVED', 'ISSUED'];

/** What the centre has recalled of this hospital's blood: which bags, which patients, and its answer. */
export default function RecallNoticesScreen() {
  const { t } = useText();
  const notices = useQuery(recallQueries.notices());
  const items = notices.data?.items ?? [];
  const waiting = items.filter(({ acknowledged_at: at }) => at === null).length;
  return (
    <div className="page page-scroll">
      <div className="title-row">
        <h1>{t('notices.title')}</h1>
        {waiting > 0 && <span className="tag critical">▲ {t('notices.waiting', { n: waiting })}</span>}
      </div>
      <Loaded query={notices} rows={6}>
        {() => (items.length === 0 ? <Empty>{t('notices.none')}</Empty> : items.map((notice) => <NoticeCard key={notice.id} notice={notice} />))}
      </Loaded>
    </div>
  );
}

function NoticeCard({ notice }: { notice: HospitalRecallNotice }) {
  const { t, word, pick } = useText();
  const waiting = notice.acknowledged_at === null;
  const patients = new Map(notice.patients.map((one) => [one.bag, one.patient]));
  return (
    <Panel
      className="notice-card"
      title={pick(notice.reason_en, notice.reason_zh)}
      caption={
        <span data-testid="hospital-notice" data-notice={notice.id} data-waiting={waiting}>
          {waiting ? <span className="critical">▲ {t(notice.overdue ? 'recall.noticeOverdue' : 'recall.noticeOpen')}</span> : t('recall.acknowledged')}
          {' · '}{t('recall.noticeBags', { n: notice.bags.length })} · {t('recall.noticeSent')} <Moment at={notice.sent_at} />
        </span>
      }
    >
      {waiting && <p>{t('notices.doNow')}</p>}
      <div className="table-scroll">
        <table className="list">
          <tbody>
            {notice.bags.map((bag) => (
              <tr key={bag.bag} data-testid="notice-bag">
                <BagCells bag={bag}>
                  <td>{bag.status === 'IN_TRANSIT' ? t('notices.coming') : WITH_YOU.includes(bag.status) ? t('notices.yours') : ''}</td>
                  <td className="mono">{patients.get(bag.bag) ?? ''}</td>
                  <td>{bag.outcome === null ? '' : word('recallOutcome', bag.outcome)}</td>
                </BagCells>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {waiting ? (
        <AnswerForm recall={notice.recall} notice={notice.id} label={t('recall.answer')} roles={MAY_RECEIVE} />
      ) : (
        <p className="label">{notice.answer} <span className="muted">{notice.acknowledged_by} · <Moment at={notice.acknowledged_at} /></span></p>
      )}
      {notice.state === 'closed' && <p className="caption">{t('notices.caseClosed')}</p>}
    </Panel>
  );
}
