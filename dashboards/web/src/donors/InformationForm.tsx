import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { InformationTaken } from '../api/types';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { TimeChooser, useMoment } from '../ui/TimeChooser';
import { Unconfirmed } from '../ui/Unconfirmed';

const LEAST_DETAIL = 3;

/** What a donor told after a donation: the donations that it throws doubt on are held at once. */
export function InformationForm() {
  const { t, name } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const kinds = useQuery(deskQueries.informationKinds());
  const [donor, setDonor] = useState('');
  const [kind, setKind] = useState<string | null>(null);
  const [detail, setDetail] = useState('');
  const [at, setAt] = useMoment();
  const rule = kinds.data?.items.find((one) => one.kind === kind);
  const take = useMutation({
    mutationFn: () => api.post<InformationTaken>(`/donors/${encodeURIComponent(donor.trim())}/information`, { at, kind, detail: detail.trim() }),
    onSuccess: () => {
      setDetail('');
      for (const key of ['deferrals', 'release']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const refused = forbidden ?? (donor.trim() === '' ? t('donors.donorNeeded') : kind === null ? t('donors.kindNeeded') : detail.trim().length < LEAST_DETAIL ? t('desk.commentNeeded') : null);
  return (
    <section data-testid="donor-information">
      <h2>{t('donors.tool.information')}</h2>
      <Field label={t('donors.donor')}><Input className="mono" maxLength={120} value={donor} onChange={(event) => setDonor(event.target.value)} /></Field>
      <Field label={t('donors.what')}>
        <Select placeholder={t('donors.what')} value={kind} onChange={setKind} options={kinds.data?.items.map((one) => ({ value: one.kind, label: name(one) }))} />
      </Field>
      {rule && <p className="caption">{rule.days_back === null ? t('donors.backAll') : t('donors.backDays', { n: rule.days_back })} <Unconfirmed status={rule.status} source={rule.source} /></p>}
      <TimeChooser label={t('donors.since')} at={at} onChange={setAt} />
      <Field label={t('desk.comment')}><Input maxLength={500} value={detail} onChange={(event) => setDetail(event.target.value)} /></Field>
      <div className="row">
        <Button type="primary" disabled={refused !== null} loading={take.isPending} onClick={() => take.mutate()}>{t('donors.keep')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      {take.data && <p role="status">✓ {t('donors.kept', { n: take.data.held.length })} <span className="mono">{take.data.held.map(formatDin).join(', ')}</span></p>}
      <Refusal error={take.error} />
    </section>
  );
}
