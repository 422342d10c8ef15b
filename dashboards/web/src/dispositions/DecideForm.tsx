import { useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Disposition, DispositionOutcome } from '../api/types';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { OneSignature } from '../session/OneSignature';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Moment } from '../ui/Moment';
import { decisionOf, missingIn, shorterExpiries, signersOf, type Missing } from './decision';

const MISSING = { outcome: 'cases.choose', comment: 'desk.commentNeeded', expiry: 'cases.expiryNeeded' } as const satisfies Record<Missing, string>;

/** Decide a case within what its rule allows: the outcome, why, and as many signatures as it needs over exactly that. */
export function DecideForm({ item }: { item: Disposition }) {
  const { t, pick } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [outcome, setOutcome] = useState<DispositionOutcome | null>(null);
  const [comment, setComment] = useState('');
  const [expiresAt, setExpiresAt] = useState<string | null>(null);
  const draft = { outcome, comment, expiresAt };
  const decision = decisionOf(draft);
  const missing = missingIn(draft);
  const send = async (signatures: string[]) => {
    const decided = await api.post<Disposition>(`/dispositions/${encodeURIComponent(item.id)}/decide`, { ...decision, signatures });
    client.setQueryData(['disposition', item.id], decided);
    for (const key of ['dispositions', 'disposition', 'passport', 'bag', 'bags', 'holds', 'release']) void client.invalidateQueries({ queryKey: [key] });
  };
  const signing = {
    act: 'disposition.decide' as const,
    subject: item.id,
    content: { ...decision },
    meaning: t('cases.meaning'),
    refused: forbidden ?? (missing === null ? null : t(MISSING[missing])),
  };
  const key = JSON.stringify(decision);
  return (
    <section data-testid="case-decide">
      <h3>{t('cases.decide')}</h3>
      <div className="chips" role="group" aria-label={t('cases.decide')}>
        {item.outcomes.map((one) => (
          <button key={one.outcome} type="button" className="chip" data-testid={`outcome-${one.outcome}`} aria-pressed={outcome === one.outcome} disabled={forbidden !== null} title={t('cases.needs', { n: one.people })} onClick={() => setOutcome(one.outcome)}>
            {pick(one.name_en, one.name_zh)}
          </button>
        ))}
      </div>
      {forbidden !== null && <p className="caption">{t('state.notNow')}{forbidden}</p>}
      <p className="caption">{t('cases.mkt')}</p>
      {outcome !== null && forbidden === null && (
        <>
          <p className="label" data-testid="case-people">{t('cases.people', { n: signersOf(item, outcome) })}</p>
          {outcome === 'release_shortened' && <ExpiryChooser item={item} value={expiresAt} onChange={setExpiresAt} />}
          <Field label={t('cases.reason')}>
            <Input.TextArea rows={2} maxLength={500} data-testid="case-comment" value={comment} onChange={(event) => setComment(event.target.value)} />
          </Field>
          {signersOf(item, outcome) > 1 ? (
            <TwoSignatures key={key} {...signing} doIt={t(`dispositionOutcome.${outcome}`)} onDone={send} />
          ) : (
            <OneSignature key={key} {...signing} doIt={t(`dispositionOutcome.${outcome}`)} onDone={(signature) => send([signature])} />
          )}
        </>
      )}
    </section>
  );
}

function ExpiryChooser({ item, value, onChange }: { item: Disposition; value: string | null; onChange: (at: string) => void }) {
  const { t } = useText();
  const now = useDomainNow(60_000);
  const choices = now === null ? [] : shorterExpiries(item, now);
  return (
    <div className="field">
      <span>{t('cases.expiry')} {value !== null && <b><Moment at={value} full /></b>}</span>
      {choices.length === 0 ? <p className="caption">{t('cases.expiryNone')}</p> : (
        <div className="chips" role="group" aria-label={t('cases.expiry')}>
          {choices.map(({ days, at }) => <button key={days} type="button" className="chip" data-testid={`expiry-${days}`} onClick={() => onChange(at)}>{t('cases.inDays', { n: days })}</button>)}
        </div>
      )}
    </div>
  );
}
