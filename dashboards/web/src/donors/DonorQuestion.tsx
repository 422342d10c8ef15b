import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { DonorAnswer } from '../api/types';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';

const KINDS = ['whole_blood', 'apheresis'] as const;

/** May this donor give blood now? Yes or no, and until when; why, only quality hears. */
export function DonorQuestion() {
  const { t, word } = useText();
  const [donor, setDonor] = useState('');
  const [kind, setKind] = useState<(typeof KINDS)[number]>('whole_blood');
  const ask = useMutation({ mutationFn: () => api.post<DonorAnswer>('/deferrals/check', { donor: donor.trim(), kind }) });
  return (
    <form
      data-testid="donor-question"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <Field label={t('donors.donor')}><Input className="mono" maxLength={120} data-testid="donor-name" value={donor} onChange={(event) => setDonor(event.target.value)} /></Field>
      <Chips name="donation-kind" label={t('donors.kind')} value={kind} onChange={setKind} options={KINDS.map((value) => ({ value, label: word('donationKind', value) }))} />
      <div className="row"><Button type="primary" htmlType="submit" data-testid="donor-ask" disabled={donor.trim() === ''} loading={ask.isPending}>{t('donors.ask')}</Button></div>
      {ask.data && (
        <p role="status" className={ask.data.may_donate ? '' : 'high'}>
          {ask.data.may_donate ? `✓ ${t('donors.may')}` : `▲ ${t('donors.mayNot')}`} {ask.data.reason_code !== null && <code className="mono">{ask.data.reason_code}</code>} {!ask.data.may_donate && (ask.data.until === null ? t('donors.noEnd') : <>{t('donors.until')} <Moment at={ask.data.until} full /></>)}
        </p>
      )}
      <Refusal error={ask.error} />
    </form>
  );
}
