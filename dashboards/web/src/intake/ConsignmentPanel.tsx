import type { Consignment } from '../api/types';
import { formatNumber } from '../format/number';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { openItems, openQuestions, QUESTIONS } from './counts';
import { ItemWork } from './ItemWork';
import { ItemLine } from './ItemLine';

/** The consignment in hand: how much of it has come, and the work lists of what is not as it was announced. */
export function ConsignmentPanel({ consignment }: { consignment: Consignment }) {
  const { t, word, language } = useText();
  const zone = useTimezone();
  const { counts, items } = consignment;
  const announced = counts.expected;
  const answered = items.filter((item) => item.resolved !== null);
  const judged = consignment.judged_at;
  const complete = judged !== null && openQuestions(consignment) === 0;
  return (
    <section className="intake-card" data-testid="consignment" data-consignment={consignment.id} aria-live="polite">
      <div className="intake-head">
        <span className="mono ellipsis">{consignment.id}</span>
        <span className="label">{word('consignmentState', consignment.state)}</span>
      </div>
      <p className="intake-lead">
        <b data-testid="consignment-received">{formatNumber(counts.received)}</b>
        <span className="label">{announced > 0 ? t('intake.lead', { all: formatNumber(announced) }) : t('intake.leadNone')}</span>
      </p>
      <div className="intake-bar" aria-hidden><u style={{ width: `${announced === 0 ? 0 : Math.min(100, (counts.received / announced) * 100)}%` }} /></div>
      <p className="caption">{judged === null ? t('intake.notJudged') : t('intake.judgedAt', { time: formatMoment(instant(judged), zone, language) })}</p>
      {complete && answered.length === 0 && <p className="label">{t('intake.clear')}</p>}
      {QUESTIONS.map((state) => {
        const open = openItems(consignment, state);
        if (open.length === 0) return null;
        return (
          <div key={state} className="intake-work" data-testid={`intake-${state}`}>
            <h3><span className="warning">◆ {word('itemState', state)}</span> <span className="muted">{t('intake.toDo', { n: open.length })}</span></h3>
            <p className="caption">{word('itemNote', state)}</p>
            {open.map((item) => <ItemWork key={item.id} consignment={consignment.id} item={item} />)}
          </div>
        );
      })}
      {answered.length > 0 && (
        <details className="intake-done" open={answered.length <= 6}>
          <summary>{t('intake.answered', { n: answered.length })}</summary>
          {answered.map((item) => <ItemLine key={item.id} item={item} />)}
        </details>
      )}
      {(['expected', 'received'] as const).map((state) => {
        const all = items.filter((item) => item.state === state && item.resolved === null);
        return all.length === 0 ? null : (
          <details key={state} className="intake-done" open={state === 'expected' && all.length <= 12}>
            <summary>{t(state === 'expected' ? 'intake.expected' : 'intake.here', { n: all.length })}</summary>
            {all.map((item) => <ItemLine key={item.id} item={item} />)}
          </details>
        );
      })}
    </section>
  );
}
