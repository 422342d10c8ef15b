import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { StockBand } from '../api/types';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { BOUNDS, GROUPS, numberOf, wishOf, type BandText } from './bandWish';

const LEAST_REASON = 3;

/** New bounds, uses and the reason; what is missing is said beside the button, never guessed. */
export function BandForm({ band, onDone }: { band: StockBand; onDone: () => void }) {
  const { t, name } = useText();
  const client = useQueryClient();
  const [text, setText] = useState<BandText>(() => ({
    red_days: String(band.days.red_days),
    amber_days: String(band.days.amber_days),
    preamber_days: String(band.days.preamber_days),
    target_days: String(band.days.target_days),
    near_days: String(band.near_days),
    use: Object.fromEntries(GROUPS.map((group) => [group, String(band.daily_use[group] ?? 0)])),
  }));
  const [reason, setReason] = useState('');
  const wish = wishOf(text);
  const missing = typeof wish === 'string' ? t(wish === 'order' ? 'bands.order' : 'bands.numbers') : reason.trim().length < LEAST_REASON ? t('desk.reasonNeeded') : null;
  const save = useMutation({
    mutationFn: () => api.put('/stock/bands', { component: band.component, ...(wish as object), reason: reason.trim() }),
    onSuccess: () => {
      for (const key of ['stock-bands', 'province', 'overview']) void client.invalidateQueries({ queryKey: [key] });
      onDone();
    },
  });
  return (
    <section className="band-form" data-testid="band-form">
      <h3>{t('bands.change')}: {name(band)}</h3>
      <div className="band-fields">
        {BOUNDS.map(([key, label]) => (
          <Field key={key} label={t(label)}>
            <Input data-testid={`band-${key}`} inputMode="decimal" value={text[key]} status={numberOf(text[key]) === null ? 'error' : ''} onChange={(event) => setText({ ...text, [key]: event.target.value })} />
          </Field>
        ))}
      </div>
      <h4>{t('bands.use')}</h4>
      <div className="band-fields">
        {GROUPS.map((group) => (
          <Field key={group} label={formatGroup(group)}>
            <Input data-testid={`use-${group}`} inputMode="decimal" value={text.use[group]} status={numberOf(text.use[group] ?? '') === null ? 'error' : ''} onChange={(event) => setText({ ...text, use: { ...text.use, [group]: event.target.value } })} />
          </Field>
        ))}
      </div>
      <Field label={t('desk.reason')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="band-reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <div className="row">
        <Button type="primary" data-testid="band-save" disabled={missing !== null} loading={save.isPending} onClick={() => save.mutate()}>{t('bands.save')}</Button>
        {missing !== null && <span className="caption">{t('state.notNow')}{missing}</span>}
      </div>
      {save.error && <Refusal error={save.error} />}
    </section>
  );
}
