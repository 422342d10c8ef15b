import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { Crossmatch, CrossmatchResult } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_RECEIVE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { TimeChooser, useMoment } from '../ui/TimeChooser';
import { Unconfirmed } from '../ui/Unconfirmed';

const RESULTS = ['compatible', 'incompatible', 'pending'] as const satisfies readonly CrossmatchResult[];

/** The laboratory's result for this bag and one patient. */
export function CrossmatchForm({ bag, patient }: { bag: string; patient: string | null }) {
  const { t, word, name } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_RECEIVE);
  const rules = useQuery(deskQueries.custodyRules());
  const methods = rules.data?.crossmatch ?? [];
  const [method, setMethod] = useState<string | null>(null);
  const [result, setResult] = useState<CrossmatchResult>('compatible');
  const [at, setAt] = useMoment();
  const rule = methods.find((one) => one.method === method) ?? methods[0];
  const send = useMutation({
    mutationFn: () => api.post<Crossmatch>('/crossmatches', { bag, patient, result, method: rule?.method, at }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['custody'] }),
  });
  const refused = forbidden ?? (patient === null ? t('custody.patientNeeded') : null);
  return (
    <div className="card" data-testid="crossmatch-form">
      <Field label={t('custody.method')}>
        <Select data-testid="crossmatch-method" value={rule?.method} onChange={setMethod} options={methods.map((one) => ({ value: one.method, label: name(one) }))} />
      </Field>
      {rule && <p className="caption">{t('custody.validFor', { n: rule.valid_hours })} <Unconfirmed status={rule.status} source={rule.source} /></p>}
      <div className="field">
        <span>{t('custody.result')}</span>
        <Chips name="crossmatch" label={t('custody.result')} value={result} onChange={setResult} options={RESULTS.map((value) => ({ value, label: word('crossmatch', value) }))} />
      </div>
      <TimeChooser label={t('custody.readAt')} at={at} onChange={setAt} />
      <div className="row">
        <Button type="primary" data-testid="crossmatch-do" disabled={refused !== null} loading={send.isPending} onClick={() => send.mutate()}>{t('custody.record', { patient: patient ?? t('state.none') })}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      {send.isSuccess && <p role="status">✓ {t('custody.recorded')}</p>}
      <Refusal error={send.error} />
    </div>
  );
}
