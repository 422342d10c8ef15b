import { useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { ReleaseItem, ReleaseOutcome } from '../api/types';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { keeping, openAfter } from './gates';

const LEAST_REASON = 3;

/** Past failed gates on the word of two people: which gates, why, and both signatures over exactly that. */
export function OverrideForm({ item }: { item: ReleaseItem }) {
  const { t, word, pick } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [open, setOpen] = useState(false);
  const [gates, setGates] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const kept = keeping(item.gates);
  const possible = kept.filter((gate) => gate.can_override);
  const content = { gates, reason: reason.trim() };
  const override = async (signatures: [string, string]) => {
    await api.post<ReleaseOutcome>(`/bags/${encodeURIComponent(item.bag)}/release-override`, { ...content, signatures });
    for (const key of ['release', 'bags', 'bag']) void client.invalidateQueries({ queryKey: [key] });
  };
  if (possible.length === 0) return <p className="caption" data-testid="override-none">{t('release.noOverride')}</p>;
  const missing = gates.length === 0 ? t('release.gateNeeded') : reason.trim().length < LEAST_REASON ? t('desk.reasonNeeded') : null;
  if (!open) {
    return (
      <div className="row">
        <Button data-testid="override-open" disabled={forbidden !== null} onClick={() => setOpen(true)}>{t('release.override')}</Button>
        {forbidden !== null && <span className="caption">{t('state.notNow')}{forbidden}</span>}
      </div>
    );
  }
  return (
    <section data-testid="override-form">
      <h3>{t('release.override')}</h3>
      <p className="caption">{t('release.overrideNote')}</p>
      {kept.map((gate) => (
        <div key={gate.gate}>
          <Checkbox
            data-testid={`override-${gate.gate}`}
            disabled={!gate.can_override}
            checked={gates.includes(gate.gate)}
            onChange={(event) => setGates(event.target.checked ? [...gates, gate.gate] : gates.filter((one) => one !== gate.gate))}
          >
            {word('gate', gate.gate)} <span className="caption">{gate.can_override ? pick(gate.detail_en, gate.detail_zh) : gate.state === 'pending' ? t('release.pendingStays') : t('release.never')}</span>
          </Checkbox>
        </div>
      ))}
      {gates.length > 0 && !openAfter(item.gates, gates) && <p className="warning">◆ {t('release.notEnough')}</p>}
      <Field label={t('desk.reason')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="override-reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <TwoSignatures key={JSON.stringify(content)} act="release.override" subject={item.bag} content={content} meaning={t('release.meaning')} doIt={t('release.doOverride')} refused={forbidden ?? missing} onDone={override} />
    </section>
  );
}
