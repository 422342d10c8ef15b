import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { commonOutcomes } from './grouping';
import type { Outcome, Recall, RecallBag } from './types';

const LEAST_COMMENT = 3;

interface Props {
  recall: string;
  bags: readonly RecallBag[];
  onDone: () => void;
}

/** What became of the chosen bags. To let them go again two people sign. */
export function OutcomeForm({ recall, bags, onDone }: Props) {
  const { t, word } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const possible = commonOutcomes(bags);
  const [chosen, setChosen] = useState<Outcome | null>(null);
  const [comment, setComment] = useState('');
  const outcome = chosen ?? possible[0] ?? null;
  const content = { bags: bags.map(({ bag }) => bag), outcome, comment: comment.trim() };
  const send = async (signatures: readonly string[]) => {
    const answer = await api.post<Recall>(`/recalls/${encodeURIComponent(recall)}/outcomes`, { ...content, signatures });
    client.setQueryData(['recall', recall], answer);
    void client.invalidateQueries({ queryKey: ['recalls'] });
    onDone();
  };
  const set = useMutation({ mutationFn: () => send([]) });
  if (bags.length === 0) return <section><h3>{t('recall.outcome')}</h3><p className="muted">{t('recall.outcomeHint')}</p></section>;
  const onWay = bags.some(({ status }) => status === 'IN_TRANSIT');
  if (outcome === null) return <section><h3>{t('recall.outcomeFor', { n: bags.length })}</h3><p className="muted">{t(onWay ? 'recall.outcomeOnWay' : 'recall.noCommonOutcome')}</p></section>;
  const refused = forbidden ?? (content.comment.length < LEAST_COMMENT ? t('desk.commentNeeded') : null);
  return (
    <section data-testid="outcome-form">
      <h3>{t('recall.outcomeFor', { n: bags.length })}</h3>
      <Chips name="outcome" label={t('recall.outcome')} value={outcome} onChange={setChosen} options={possible.map((value) => ({ value, label: word('recallOutcome', value) }))} />
      <Field label={t('recall.outcomeComment')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="outcome-comment" value={comment} onChange={(event) => setComment(event.target.value)} />
      </Field>
      {outcome === 'released' ? (
        <>
          <p className="caption">{t('recall.releaseRule')}</p>
          <TwoSignatures key={JSON.stringify(content)} act="recall.release" subject={recall} content={content} meaning={t('recall.releaseMeaning')} doIt={t('recall.release')} refused={refused} onDone={send} />
        </>
      ) : (
        <div className="row">
          <Button type="primary" data-testid="outcome-set" disabled={refused !== null} loading={set.isPending} onClick={() => set.mutate()}>{t('recall.outcomeSet')}</Button>
          {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
        </div>
      )}
      <Refusal error={set.error} />
    </section>
  );
}
