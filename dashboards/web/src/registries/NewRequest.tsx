import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { RegistryRequest } from '../api/types';
import { isoSeconds } from '../format/isoSeconds';
import { HOUR_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { useSession } from '../session/SessionContext';
import { MAY_ORDER, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';

const HOURS = [6, 12, 24, 48, 72, 168] as const;
const MOST_DOSES = 20;
const LEAST_PSEUDONYM = 3;

/** What a hospital needs for one patient whose type it told of before. */
export function NewRequest({ onDone }: { onDone: (id: string) => void }) {
  const { t, word, name } = useText();
  const { session } = useSession();
  const client = useQueryClient();
  const now = useDomainNow();
  const forbidden = useWriteRefusal(MAY_ORDER);
  const plant = useQuery(queries.plant());
  const [kind, setKind] = useState<'platelet' | 'rare'>('platelet');
  const [hospital, setHospital] = useState<string | null>(session.hospital);
  const [patient, setPatient] = useState('');
  const [absent, setAbsent] = useState<string[]>([]);
  const [hours, setHours] = useState<number>(24);
  const [doses, setDoses] = useState(1);
  const open = useMutation({
    mutationFn: () =>
      api.post<RegistryRequest>(`/registries/${kind}-requests`, {
        hospital,
        patient: patient.trim(),
        needed_by: isoSeconds((now ?? 0) + hours * HOUR_MS),
        doses,
        ...(kind === 'rare' ? { antigens_absent: absent } : {}),
      }),
    onSuccess: (opened) => {
      void client.invalidateQueries({ queryKey: ['registries'] });
      onDone(opened.id);
    },
  });
  const missing = hospital === null ? t('returns.hospitalNeeded') : patient.trim().length < LEAST_PSEUDONYM ? t('custody.pseudonymNeeded') : now === null ? t('state.loading') : null;
  const refused = forbidden ?? missing;
  return (
    <div className="card" data-testid="request-form">
      <h2>{t('registry.new')}</h2>
      <Chips name="new-kind" label={t('registry.kind')} value={kind} onChange={setKind} options={(['platelet', 'rare'] as const).map((value) => ({ value, label: word('requestKind', value) }))} />
      {session.hospital === null && (
        <Field label={t('orderForm.hospital')}>
          <Select data-testid="request-hospital" placeholder={t('orderForm.hospital')} value={hospital} onChange={setHospital} options={plant.data?.hospitals.map((one) => ({ value: one.id, label: name(one) }))} />
        </Field>
      )}
      <Field label={t('custody.pseudonym')}><Input className="mono" maxLength={32} data-testid="request-patient" value={patient} onChange={(event) => setPatient(event.target.value)} /></Field>
      <p className="caption">{word('registryNote', kind)}</p>
      {kind === 'rare' && <Field label={t('registry.absent')}><Select mode="tags" placeholder="Jka, Fya, U" value={absent} onChange={(value: string[]) => setAbsent(value)} /></Field>}
      <div className="field-row">
        <Field label={t('registry.neededBy')}><Select value={hours} onChange={setHours} options={HOURS.map((value) => ({ value, label: t('registry.inHours', { n: value }) }))} /></Field>
        <Field label={t('registry.doses')}><InputNumber min={1} max={MOST_DOSES} precision={0} value={doses} onChange={(value) => setDoses(value ?? 1)} /></Field>
      </div>
      <div className="row">
        <Button type="primary" data-testid="request-open" disabled={refused !== null} loading={open.isPending} onClick={() => open.mutate()}>{t('registry.open')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      <Refusal error={open.error} />
    </div>
  );
}
