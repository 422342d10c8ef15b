import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { CustodyBag, Fate, FateAnswer } from '../api/types';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_RECEIVE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { TimeChooser, useMoment } from '../ui/TimeChooser';
import { YesNo } from '../ui/YesNo';
import { fateBody, fateNeeds, namesPeople, needsSignatures, type FateDraft } from './fateDraft';

const FATES = ['transfused', 'transfused_with_reaction', 'returned', 'wasted'] as const satisfies readonly Fate[];

type Entered = Omit<FateDraft, 'at'>;

const NOTHING: Entered = { fate: 'returned', administrator: '', verifier: '', cause: null, comment: '', temperatureOk: null, visualOk: null };

/** What became of a bag. What contradicts the story is taken all the same, named as a finding, and holds the bag. */
export function FateForm({ bag }: { bag: CustodyBag }) {
  const { t, word, name, pick } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_RECEIVE);
  const rules = useQuery(deskQueries.custodyRules());
  const [entered, setEntered] = useState<Entered>({ ...NOTHING, fate: bag.status === 'RECEIVED' ? 'returned' : 'transfused' });
  const [at, setAt] = useMoment();
  const [answer, setAnswer] = useState<FateAnswer | null>(null);
  const draft: FateDraft = { ...entered, at };
  const change = (part: Partial<Entered>) => setEntered((old) => ({ ...old, ...part }));
  const waste = rules.data?.waste ?? [];
  const body = fateBody(draft, bag);
  const tell = async (signatures: readonly string[]) => {
    setAnswer(await api.post<FateAnswer>(`/bags/${encodeURIComponent(bag.id)}/fate`, { ...body, signatures }));
    await client.invalidateQueries({ queryKey: ['custody'] });
  };
  const report = useMutation({ mutationFn: () => tell([]) });
  const needs = fateNeeds(draft, bag);
  const refused = forbidden ?? (needs === null ? null : word('fateNeeds', needs));
  const fates = FATES.map((value) => {
    const rule = rules.data?.fate.find(({ key }) => key === value);
    return { value, label: rule === undefined ? word('fate', value) : name(rule) };
  });
  return (
    <div className="card" data-testid="fate-form">
      <Chips name="fate" label={t('custody.act.fate')} value={entered.fate} onChange={(fate) => change({ fate })} options={fates} />
      {bag.status === 'RECEIVED' && (entered.fate === 'transfused' || entered.fate === 'transfused_with_reaction') && <p className="warning">▲ {t('custody.neverIssued')}</p>}
      <TimeChooser label={t('desk.when')} at={at} onChange={setAt} />
      {namesPeople(draft, bag) && (
        <div className="field-row">
          <Field label={t('custody.administrator')}><Input maxLength={60} data-testid="fate-administrator" value={entered.administrator} onChange={(event) => change({ administrator: event.target.value })} /></Field>
          <Field label={t('custody.verifier')}><Input maxLength={60} data-testid="fate-verifier" value={entered.verifier} onChange={(event) => change({ verifier: event.target.value })} /></Field>
        </div>
      )}
      {entered.fate === 'wasted' && (
        <Field label={t('discards.cause')}>
          <Select data-testid="fate-cause" placeholder={t('discards.cause')} value={entered.cause} onChange={(cause: string) => change({ cause })} options={waste.map((one) => ({ value: one.key, label: name(one) }))} />
        </Field>
      )}
      {entered.fate === 'returned' && (
        <>
          <YesNo name="fate-temperature" label={t('returns.askTemperature')} value={entered.temperatureOk} onChange={(temperatureOk) => change({ temperatureOk })} />
          <YesNo name="fate-visual" label={t('returns.askVisual')} value={entered.visualOk} onChange={(visualOk) => change({ visualOk })} />
        </>
      )}
      <Field label={t(entered.fate === 'returned' ? 'desk.reason' : 'desk.comment')}>
        <Input maxLength={500} data-testid="fate-comment" value={entered.comment} onChange={(event) => change({ comment: event.target.value })} />
      </Field>
      {needsSignatures(draft, bag, waste) ? (
        <TwoSignatures key={JSON.stringify(body)} act="fate.wasted" subject={bag.id} content={body} meaning={t('custody.wasteMeaning')} doIt={t('custody.tell')} refused={refused} onDone={tell} />
      ) : (
        <>
          <div className="row">
            <Button type="primary" data-testid="fate-do" disabled={refused !== null} loading={report.isPending} onClick={() => report.mutate()}>{t('custody.tell')}</Button>
            {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
          </div>
          <Refusal error={report.error} />
        </>
      )}
      {answer !== null && <p role="status" className={answer.standing === 'accepted' ? '' : 'warning'}>{answer.standing === 'accepted' ? '✓' : '▲'} {word('fateStanding', answer.standing)} {answer.finding !== '' && <span className="caption">{pick(answer.finding, answer.finding_zh)}</span>}</p>}
    </div>
  );
}
