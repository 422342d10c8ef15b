import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { Return } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { useText } from '../i18n/text';
import { withBag, type ReadBag } from '../scan/pairs';
import { ScanBags } from '../scan/ScanBags';
import { useSession } from '../session/SessionContext';
import { MAY_ORDER, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { YesNo } from '../ui/YesNo';

const LEAST_REASON = 3;

/** A hospital says which bags come back, why, and how they were kept; what it does not say stays unknown. */
export function AnnounceReturn({ onDone }: { onDone: (id: string) => void }) {
  const { t, name } = useText();
  const { session } = useSession();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ORDER);
  const plant = useQuery(queries.plant());
  const [hospital, setHospital] = useState<string | null>(session.hospital);
  const [bags, setBags] = useState<readonly ReadBag[]>([]);
  const [reason, setReason] = useState('');
  const [temperature, setTemperature] = useState<boolean | null>(null);
  const [visual, setVisual] = useState<boolean | null>(null);
  const announce = useMutation({
    mutationFn: () =>
      api.post<Return>('/returns', { hospital, bags: bags.map(({ id }) => id), reason: reason.trim(), temperature_ok: temperature, visual_ok: visual }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['returns'] });
      onDone(made.id);
    },
  });
  const missing = hospital === null ? t('returns.hospitalNeeded') : bags.length === 0 ? t('desk.bagsNeeded') : reason.trim().length < LEAST_REASON ? t('desk.reasonNeeded') : null;
  const refused = forbidden ?? missing;
  return (
    <div className="card" data-testid="return-form">
      <h2>{t('returns.announce')}</h2>
      {session.hospital === null && (
        <Field label={t('orderForm.hospital')}>
          <Select data-testid="return-hospital" placeholder={t('orderForm.hospital')} value={hospital} onChange={setHospital} options={plant.data?.hospitals.map((one) => ({ value: one.id, label: name(one) }))} />
        </Field>
      )}
      <ScanBags onBag={(bag) => setBags((old) => withBag(old, bag))} disabled={forbidden !== null} />
      <ul className="lines">
        {bags.map((bag) => (
          <li key={bag.id} className="lines-row" data-testid="return-bag"><BagLink bag={bag.id} /><Button size="small" type="text" onClick={() => setBags(bags.filter(({ id }) => id !== bag.id))}>{t('desk.remove')}</Button></li>
        ))}
      </ul>
      <Field label={t('desk.reason')}>
        <Input maxLength={500} data-testid="return-reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <YesNo name="return-temperature" label={t('returns.askTemperature')} value={temperature} onChange={setTemperature} />
      <YesNo name="return-visual" label={t('returns.askVisual')} value={visual} onChange={setVisual} />
      <p className="caption">{t('returns.unsaidNote')}</p>
      <div className="row">
        <Button type="primary" data-testid="return-announce" disabled={refused !== null} loading={announce.isPending} onClick={() => announce.mutate()}>{t('returns.do', { n: bags.length })}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      <Refusal error={announce.error} />
    </div>
  );
}
