import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { coldQueries } from '../api/coldQueries';
import type { Suspension } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_ANSWER_ALARMS, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';

const MINUTES = ['30', '60', '120', '240', '480'] as const;
const MOVED = ['yes', 'no', 'none_there'] as const;
const LEAST_REASON = 3;

/** Suspend the monitoring of a store for a time: every question of the checklist is answered first. */
export function SuspendForm() {
  const { t, word, name } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ANSWER_ALARMS);
  const stores = useQuery(coldQueries.coldChain());
  const [device, setDevice] = useState<string | null>(null);
  const [minutes, setMinutes] = useState<(typeof MINUTES)[number]>('60');
  const [moved, setMoved] = useState<Suspension['stock_moved'] | null>(null);
  const [probe, setProbe] = useState('');
  const [watch, setWatch] = useState('');
  const [reason, setReason] = useState('');
  const suspend = useMutation({
    mutationFn: () =>
      api.post<Suspension>('/suspensions', {
        device,
        reason: reason.trim(),
        minutes: Number(minutes),
        checklist: { stock_moved: moved, second_probe: probe.trim() || null, watch: watch.trim() || null },
      }),
    onSuccess: () => {
      for (const key of ['suspensions', 'alarms', 'alarm', 'overview', 'cold-chain']) void client.invalidateQueries({ queryKey: [key] });
      setDevice(null);
      setMoved(null);
      setReason('');
    },
  });
  const missing = device === null ? t('suspend.needDevice') : moved === null ? t('suspend.needMoved') : moved === 'no' && watch.trim() === '' ? t('suspend.needWatch') : reason.trim().length < LEAST_REASON ? t('desk.reasonNeeded') : null;
  const refused = forbidden ?? missing;
  return (
    <>
      <h2>{t('suspend.do')}</h2>
      <div className="field">
        <span>{t('suspend.device')}</span>
        <Select data-testid="suspend-device" aria-label={t('suspend.device')} value={device} onChange={setDevice} options={stores.data?.stores.map((store) => ({ value: store.device, label: name(store) }))} />
      </div>
      <div className="field"><span>{t('suspend.minutes')}</span><Chips name="minutes" label={t('suspend.minutes')} value={minutes} onChange={setMinutes} options={MINUTES.map((value) => ({ value, label: t('alarm.minutes', { n: value }) }))} /></div>
      <div className="field"><span>{t('suspend.moved')}</span><Chips name="moved" label={t('suspend.moved')} value={moved ?? ''} onChange={(value) => value !== '' && setMoved(value)} options={MOVED.map((value) => ({ value, label: word('stockMoved', value) }))} /></div>
      <Field label={t('suspend.probe')}><Input maxLength={120} value={probe} onChange={(event) => setProbe(event.target.value)} /></Field>
      <Field label={t('suspend.watch')}><Input maxLength={120} data-testid="suspend-watch" value={watch} onChange={(event) => setWatch(event.target.value)} /></Field>
      <Field label={t('suspend.reason')}><Input.TextArea rows={2} maxLength={500} data-testid="suspend-reason" value={reason} onChange={(event) => setReason(event.target.value)} /></Field>
      <div className="row">
        <Button type="primary" data-testid="suspend-do" disabled={refused !== null} loading={suspend.isPending} onClick={() => suspend.mutate()}>{t('suspend.do')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      <Refusal error={suspend.error} />
    </>
  );
}
