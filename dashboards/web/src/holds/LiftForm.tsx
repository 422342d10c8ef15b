import { useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Hold } from '../api/types';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_LIFT, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';

const LEAST_REASON = 3;

/** Lets everything that a hold keeps go again: a reason, and two people who sign for it, one of them of quality. */
export function LiftForm({ hold }: { hold: Hold }) {
  const { t } = useText();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_LIFT);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const content = { reason: reason.trim() };
  const lift = async (signatures: [string, string]) => {
    await api.post<Hold>(`/holds/${encodeURIComponent(hold.id)}/lift`, { ...content, signatures });
    for (const key of ['hold', 'holds', 'release', 'bag']) void client.invalidateQueries({ queryKey: [key] });
  };
  if (!open) {
    return (
      <div className="row">
        <Button data-testid="hold-lift" disabled={refused !== null} onClick={() => setOpen(true)}>{t('lift.act')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
    );
  }
  return (
    <section data-testid="lift-form">
      <h3>{t('lift.title')}</h3>
      <Field label={t('lift.reason')}>
        <Input.TextArea rows={2} autoFocus maxLength={500} data-testid="lift-reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <TwoSignatures
        key={content.reason}
        act="hold.lift"
        subject={hold.id}
        content={content}
        meaning={t('lift.meaning')}
        doIt={t('lift.act')}
        refused={refused ?? (content.reason.length < LEAST_REASON ? t('lift.reasonNeeded') : null)}
        onDone={lift}
      />
    </section>
  );
}
