import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Scope, Hold } from '../api/types';
import { queries } from '../api/queries';
import { BagLink } from '../bags/BagLink';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { ScanBags } from '../scan/ScanBags';
import { MAY_HOLD, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { SCOPES, subjectOf } from './scopes';

const LEAST_REASON = 3;

/** Whoever sees something wrong stops it at once: one bag, a donation, a batch, or everything that lies in a place. */
export function PlaceHold({ onDone }: { onDone: (id: string) => void }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_HOLD);
  const [scope, setScope] = useState<Scope>('bag');
  const [given, setGiven] = useState('');
  const [reason, setReason] = useState('');
  const subject = subjectOf(scope, given);
  const place = useMutation({
    mutationFn: () => api.post<Hold>('/holds', { [scope]: subject, reason: reason.trim() }),
    onSuccess: (hold) => {
      for (const key of ['holds', 'release', 'bag', 'bags']) void client.invalidateQueries({ queryKey: [key] });
      onDone(hold.id);
    },
  });
  const missing = subject === null ? word('holdNeeds', scope) : reason.trim().length < LEAST_REASON ? t('desk.reasonNeeded') : null;
  const refused = forbidden ?? missing;
  return (
    <form
      className="card"
      data-testid="hold-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === null) place.mutate();
      }}
    >
      <h2>{t('holds.new')}</h2>
      <Chips
        name="hold-scope"
        label={t('holds.scope')}
        value={scope}
        onChange={(next) => {
          setScope(next);
          setGiven('');
        }}
        options={SCOPES.map((value) => ({ value, label: word('holdScope', value) }))}
      />
      <p className="caption">{word('holdEffect', scope)}</p>
      {scope === 'bag' && <ScanBags onBag={(bag) => setGiven(bag.id)} />}
      {scope === 'donation' && <Field label={word('holdScope', scope)}><Input className="mono" autoFocus data-testid="hold-subject" placeholder={t('holds.scanDonation')} value={given} onChange={(event) => setGiven(event.target.value)} /></Field>}
      {scope === 'batch' && <BatchChoice value={given} onChange={setGiven} />}
      {scope === 'place' && <PlaceChoice value={given} onChange={setGiven} />}
      {scope === 'bag' && subject !== null && <p><BagLink bag={subject} /></p>}
      {scope === 'donation' && subject !== null && <p className="mono">{formatDin(subject)}</p>}
      <Field label={t('hold.reason')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="hold-reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <div className="row">
        <Button type="primary" htmlType="submit" data-testid="hold-place" disabled={refused !== null} loading={place.isPending}>{t('hold.act')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      <Refusal error={place.error} />
    </form>
  );
}

interface Choice {
  value: string;
  onChange: (value: string) => void;
}

function PlaceChoice({ value, onChange }: Choice) {
  const { t, name, word } = useText();
  const plant = useQuery(queries.plant());
  const options = plant.data?.places.map((place) => ({ value: place.path, label: name(place) }));
  return (
    <Field label={word('holdScope', 'place')}>
      <Select data-testid="hold-subject" placeholder={t('bags.place')} showSearch={{ optionFilterProp: 'label' }} value={value === '' ? undefined : value} onChange={onChange} options={options} />
    </Field>
  );
}

function BatchChoice({ value, onChange }: Choice) {
  const { t, name, word } = useText();
  const batches = useQuery(queries.batches());
  const plant = useQuery(queries.plant());
  const machine = (id: string) => {
    const device = plant.data?.devices.find((one) => one.id === id);
    return device === undefined ? id : name(device);
  };
  const options = batches.data?.items.map((batch) => ({
    value: batch.id,
    label: `${word('recipe', batch.recipe ?? batch.kind)} · ${machine(batch.device)} · ${t('common.bagsN', { n: batch.bags.length })} · ${batch.id}`,
  }));
  return (
    <Field label={word('holdScope', 'batch')}>
      <Select data-testid="hold-subject" placeholder={t('holds.chooseBatch')} showSearch={{ optionFilterProp: 'label' }} value={value === '' ? undefined : value} onChange={onChange} options={options} />
    </Field>
  );
}
