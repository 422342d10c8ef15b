import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { LimitVersion } from '../api/types';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { limitsText } from '../ui/bandText';
import { Field } from '../ui/Field';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { LimitFacts } from './EnvelopeCard';

const LEAST_REASON = 3;

/** A version that waits: two people put it in force, or quality turns it down. */
export function ProposalCard({ proposal }: { proposal: LimitVersion }) {
  const text = useText();
  const { t } = text;
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [reason, setReason] = useState('');
  const path = `/limits/${encodeURIComponent(proposal.id ?? '')}`;
  const renew = () => {
    for (const key of ['limits', 'cold-chain', 'overview']) void client.invalidateQueries({ queryKey: [key] });
  };
  const reject = useMutation({ mutationFn: () => api.post<LimitVersion>(`${path}/reject`, { reason: reason.trim() }), onSuccess: renew });
  const approve = async (signatures: [string, string]) => {
    await api.post<LimitVersion>(`${path}/approve`, { signatures });
    renew();
  };
  const noReason = reason.trim().length < LEAST_REASON ? t('limits.missing.reason') : null;
  return (
    <section data-testid="limit-proposal">
      <h3>◆ {t('limits.proposals')}: {t('limits.version', { n: proposal.version })}</h3>
      <p><b>{limitsText(text, proposal.limits)}</b> · {proposal.reason}</p>
      <LimitFacts version={proposal} />
      <p className="caption">{proposal.proposed_by} <Moment at={proposal.proposed_at} />{proposal.valid_from !== null && <> · {t('limits.validFrom')} <Moment at={proposal.valid_from} full /></>}</p>
      <p className="caption">{t('limits.own')}</p>
      <TwoSignatures act="limits.approve" subject={proposal.id ?? ''} content={{}} meaning={t('limits.approveMeaning')} doIt={t('limits.approve')} refused={forbidden} onDone={approve} />
      <Field label={t('limits.rejectReason')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="reject-reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <div className="row">
        <Button data-testid="limits-reject" disabled={(forbidden ?? noReason) !== null} loading={reject.isPending} onClick={() => reject.mutate()}>{t('limits.reject')}</Button>
        {(forbidden ?? noReason) !== null && <span className="caption">{t('state.notNow')}{forbidden ?? noReason}</span>}
      </div>
      <Refusal error={reject.error} />
    </section>
  );
}
