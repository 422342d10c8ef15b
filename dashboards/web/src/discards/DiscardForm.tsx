import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { DiscardCheck, DiscardOutcome, RefusedDiscard } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import type { ReadBag } from '../scan/pairs';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_DISCARD, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { remarkText } from './remarks';

/** The cause that says nothing by itself. */
const NEEDS_COMMENT = 'other';

interface Props {
  list: readonly ReadBag[];
  onRemove: (bag: string) => void;
  onClear: () => void;
}

/** The bags that are to be destroyed, what speaks against it, why, and the two people who sign. All of them go or none. */
export function DiscardForm({ list, onRemove, onClear }: Props) {
  const { t, name } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DISCARD);
  const [cause, setCause] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const [done, setDone] = useState<DiscardOutcome | null>(null);
  const causes = useQuery(deskQueries.causes());
  const bags = list.map(({ id }) => id);
  const check = useQuery({ queryKey: ['bags', 'discard-check', bags], queryFn: () => api.post<DiscardCheck>('/discards/check', { bags }), enabled: bags.length > 0 });
  const refusals = new Map(check.data?.refused.map((one) => [one.bag, one]));
  const freed = new Map(check.data?.freed.map((one) => [one.bag, one]));
  const content = { bags, cause, comment: comment.trim() };
  const missing = whatIsMissing();
  function whatIsMissing(): string | null {
    if (bags.length === 0) return t('desk.bagsNeeded');
    if (refusals.size > 0) return t('discards.takeOff', { n: refusals.size });
    if (cause === null) return t('discards.causeNeeded');
    return cause === NEEDS_COMMENT && comment.trim() === '' ? t('desk.commentNeeded') : null;
  }
  const discard = async (signatures: [string, string]) => {
    const outcome = await api.post<DiscardOutcome>('/discards', { ...content, signatures });
    setDone(outcome);
    setComment('');
    onClear();
    for (const key of ['bags', 'bag', 'discards', 'indicators']) void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <div className="card" data-testid="discard-form">
      <h2>{t('discards.act')}</h2>
      {done !== null && list.length === 0 && <p role="status" data-testid="discard-done">✓ {t('discards.done', { n: done.discarded.length })}</p>}
      <p className="card-lead"><b data-testid="discard-count">{formatNumber(bags.length)}</b><span className="label">{t('discards.chosen', { n: bags.length })}</span></p>
      {bags.length === 0 && <p className="muted">{t('discards.how')}</p>}
      <ul className="lines">
        {bags.map((bag) => (
          <li key={bag} data-testid="discard-bag" data-refused={refusals.has(bag)}>
            <div className="lines-row"><BagLink bag={bag} /><Button size="small" type="text" onClick={() => onRemove(bag)}>{t('desk.remove')}</Button></div>
            <Remarks what={refusals.get(bag)} className="discard-reasons" mark="▲ " />
            <Remarks what={freed.get(bag)} className="caption" mark="" />
          </li>
        ))}
      </ul>
      <Refusal error={check.error} />
      {bags.length > 0 && (
        <section>
          <Field label={t('discards.cause')}>
            <Select data-testid="discard-cause" placeholder={t('discards.cause')} value={cause} onChange={setCause} options={causes.data?.items.map((one) => ({ value: one.key, label: name(one) }))} />
          </Field>
          <Field label={t('desk.comment')}>
            <Input.TextArea rows={2} maxLength={500} data-testid="discard-comment" value={comment} onChange={(event) => setComment(event.target.value)} />
          </Field>
          <TwoSignatures
            key={JSON.stringify(content)}
            act="bag.discard"
            subject={bags[0] ?? ''}
            content={content}
            meaning={t('discards.meaning')}
            doIt={t('discards.do', { n: bags.length })}
            refused={forbidden ?? missing}
            onDone={discard}
          />
        </section>
      )}
    </div>
  );
}

function Remarks({ what, className, mark }: { what: RefusedDiscard | undefined; className: string; mark: string }) {
  const text = useText();
  if (what === undefined) return null;
  return <span className={className}>{mark}{what.reasons.map((reason) => remarkText(text, reason)).join(text.pick('; ', '；'))}</span>;
}
