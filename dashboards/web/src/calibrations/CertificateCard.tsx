import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { coldQueries } from '../api/coldQueries';
import type { Calibration } from '../api/types';
import { formatTemperature } from '../format/number';
import { siteDay } from '../format/siteDate';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { MAY_MAINTAIN, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { certificateOf, EMPTY, type CertificateText } from './certificate';
import { CertificateMark } from './CertificateMark';

/** A probe in hand: every certificate it ever had, and the form for a new one. */
export function CertificateCard({ calibration }: { calibration: Calibration }) {
  const { t, name } = useText();
  const known = useQuery(coldQueries.certificatesOf(calibration.probe));
  return (
    <div className="card" data-testid="certificate-card">
      <div className="card-head"><h2>{name(calibration)}</h2><CertificateMark state={calibration.state} /></div>
      <p className="caption mono">{calibration.probe}</p>
      <CertificateForm probe={calibration.probe} />
      <section>
        <h3>{t('certs.history')}</h3>
        <Loaded query={known} rows={3}>
          {({ items }) => {
            const given = items.filter(({ id }) => id !== null);
            return given.length === 0 ? <p className="muted">{t('certs.noHistory')}</p> : <ul className="lines">{given.map((one) => <Past key={one.id} one={one} />)}</ul>;
          }}
        </Loaded>
      </section>
    </div>
  );
}

function Past({ one }: { one: Calibration }) {
  const { t } = useText();
  return (
    <li data-testid="certificate">
      <div className="lines-row"><b>{one.certificate}</b><span>{one.laboratory}</span>{one.is_in_force && <span className="tag">{t('certs.inForce')}</span>}</div>
      <div className="lines-row"><span>{one.made_on} – {one.due_on}</span><span>{one.offset_c !== null && formatTemperature(one.offset_c, 2)} · ± {one.uncertainty_c !== null && formatTemperature(one.uncertainty_c, 2)}</span></div>
      <span className="caption">{one.recorded_by} · <Moment at={one.recorded_at} /></span>
    </li>
  );
}

function CertificateForm({ probe }: { probe: string }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_MAINTAIN);
  const zone = useTimezone();
  const now = useDomainNow(60_000);
  const [text, setText] = useState<CertificateText>(EMPTY);
  const wish = certificateOf(probe, text, now === null ? '' : siteDay(now, zone));
  const refused = forbidden ?? (typeof wish === 'string' ? t(`certs.missing.${wish}`) : null);
  const save = useMutation({
    mutationFn: () => api.post<Calibration>('/calibrations', wish),
    onSuccess: () => {
      setText(EMPTY);
      for (const key of ['calibrations', 'cold-chain']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const input = (key: keyof CertificateText, label: string, extra: { placeholder?: string; inputMode?: 'decimal' } = {}) => (
    <Field label={label}>
      <Input {...extra} maxLength={80} autoComplete="off" data-testid={`cert-field-${key}`} value={text[key]} onChange={(event) => setText({ ...text, [key]: event.target.value })} />
    </Field>
  );
  return (
    <section data-testid="certificate-form">
      <h3>{t('certs.record')}</h3>
      <div className="field-row">{input('certificate', t('certs.certificate'))}{input('laboratory', t('certs.laboratory'))}</div>
      <div className="field-row">{input('made_on', t('certs.madeOn'), { placeholder: t('certs.dateForm') })}{input('due_on', t('certs.dueOn'), { placeholder: t('certs.dateForm') })}</div>
      <div className="field-row">{input('offset_c', t('certs.offsetField'), { inputMode: 'decimal' })}{input('uncertainty_c', t('certs.uncertaintyField'), { inputMode: 'decimal' })}</div>
      <div className="row">
        <Button type="primary" data-testid="cert-save" disabled={refused !== null} loading={save.isPending} onClick={() => save.mutate()}>{t('certs.record')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      {save.isSuccess && <p role="status">✓ {t('certs.done')}</p>}
      <Refusal error={save.error} />
    </section>
  );
}
