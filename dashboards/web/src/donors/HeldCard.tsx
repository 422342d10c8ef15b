import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api/client';
import type { CheckVerdict, HeldDonation } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';

const VERDICTS = ['cleared', 'condemned'] as const satisfies readonly CheckVerdict[];
const LEAST_COMMENT = 3;

/** One held donation: its bags, what has left already, and the decision. The reason is shown only when it is asked for. */
export function HeldCard({ held }: { held: HeldDonation }) {
  const { t, word, pick } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [verdict, setVerdict] = useState<CheckVerdict>('cleared');
  const [comment, setComment] = useState('');
  const decide = useMutation({
    mutationFn: () => api.post<HeldDonation>(`/deferrals/held/${encodeURIComponent(held.din)}/decide`, { verdict, comment: comment.trim() }),
    onSuccess: () => {
      for (const key of ['deferrals', 'release', 'bags']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const refused = forbidden ?? (comment.trim().length < LEAST_COMMENT ? t('desk.commentNeeded') : null);
  return (
    <div className="card" data-testid="held-donation" data-din={held.din} data-state={held.state}>
      <div className="card-head"><h2 className="mono">{formatDin(held.din)}</h2><span className="label">{word('checkState', held.state)}</span></div>
      <dl className="facts">
        <dt>{t('donors.heldAt')}</dt>
        <dd><Moment at={held.held_at} full /></dd>
        {held.decided_at !== null && <><dt>{t('donors.decided')}</dt><dd><Moment at={held.decided_at} full /> · {held.decided_by}<br />{held.comment}</dd></>}
      </dl>
      {held.gone.length > 0 && <p className="high">▲ {t('donors.goneAdvice', { n: held.gone.length })} <Link to={`/recalls/new?din=${held.din}`}>{t('donors.recall')}</Link></p>}
      <ul className="lines">
        {held.bags.map((bag) => <li key={bag.bag} className="lines-row"><BagLink bag={bag.bag} /><span className={held.gone.includes(bag.bag) ? 'high' : 'label'}>{held.gone.includes(bag.bag) && '▲ '}{word('status', bag.status)}</span></li>)}
      </ul>
      <details data-testid="held-why">
        <summary className="label">{t('donors.why')}</summary>
        <dl className="facts">
          <dt>{t('donors.codes')}</dt>
          <dd>{held.codes.map((code) => word('checkCode', code)).join(pick(', ', '、'))}</dd>
        </dl>
      </details>
      {held.state === 'held' && (
        <section>
          <Chips name="verdict" label={t('donors.decision')} value={verdict} onChange={setVerdict} options={VERDICTS.map((value) => ({ value, label: word('checkVerdict', value) }))} />
          <p className="caption">{word('checkEffect', verdict)}</p>
          <Field label={t('desk.comment')}>
            <Input maxLength={500} data-testid="held-comment" value={comment} onChange={(event) => setComment(event.target.value)} />
          </Field>
          <div className="row">
            <Button type="primary" data-testid="held-decide" disabled={refused !== null} loading={decide.isPending} onClick={() => decide.mutate()}>{word('checkVerdict', verdict)}</Button>
            {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
          </div>
          <Refusal error={decide.error} />
        </section>
      )}
    </div>
  );
}
