import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { LimitVersion } from '../api/types';
import { isoSeconds } from '../format/isoSeconds';
import { DAY_MS } from '../format/time';
import { useText, type TextKey } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { MAY_ANSWER_ALARMS, useWriteRefusal } from '../shell/useWriteRefusal';
import { limitsText } from '../ui/bandText';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { legalEnvelope } from './EnvelopeTable';
import { KINDS, limitsOf, SIDES, textOf, TIMES, type ProposalText } from './proposal';

const LEAST_REASON = 3;
const BEGINS = { approval: null, tomorrow: 1, week: 7 } as const;
type Begin = keyof typeof BEGINS;
const BEGIN_NAMES = Object.keys(BEGINS) as Begin[];
const SIDE_LABEL: Record<(typeof SIDES)[number], TextKey> = { min_c: 'limits.lower', alert_min_c: 'limits.alertLower', alert_max_c: 'limits.alertUpper', max_c: 'limits.upper' };
const TIME_LABEL: Record<(typeof TIMES)[number], TextKey> = { on_delay_s: 'limits.onDelay', off_delay_s: 'limits.offDelay', deadband_c: 'limits.deadband', count: 'limits.count', window_s: 'limits.window' };

/** New limits for a range, beginning from those that hold; nothing holds before somebody else has approved it. */
export function ProposalForm({ now: version, onDone }: { now: LimitVersion; onDone: () => void }) {
  const text = useText();
  const { t } = text;
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ANSWER_ALARMS);
  const now = useDomainNow(60_000);
  const [typed, setTyped] = useState<ProposalText>(() => textOf(version.limits));
  const [reason, setReason] = useState('');
  const [begin, setBegin] = useState<Begin>('approval');
  const limits = limitsOf(typed, version.legal);
  const wrong = typeof limits === 'string' ? t(`limits.missing.${limits}`, { legal: limitsText(text, legalEnvelope(version.legal)) }) : null;
  const refused = forbidden ?? wrong ?? (reason.trim().length < LEAST_REASON ? t('limits.missing.reason') : null);
  const days = BEGINS[begin];
  const propose = useMutation({
    mutationFn: () => api.post<LimitVersion>('/limits', { envelope: version.envelope, limits, reason: reason.trim(), valid_from: days === null || now === null ? null : isoSeconds(now + days * DAY_MS) }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['limits'] });
      onDone();
    },
  });
  return (
    <section data-testid="proposal-form">
      <h3>{t('limits.propose')}</h3>
      <p className="caption">{t('limits.emptyIsOpen')} {t('limits.legal')}: {limitsText(text, legalEnvelope(version.legal))}</p>
      <div className="limit-fields">
        {SIDES.map((side) => (
          <Field key={side} label={t(SIDE_LABEL[side])}>
            <Input inputMode="decimal" autoComplete="off" data-testid={`limit-${side}`} value={typed[side]} onChange={(event) => setTyped({ ...typed, [side]: event.target.value })} />
          </Field>
        ))}
      </div>
      {KINDS.map((kind) => (
        <fieldset key={kind} className="limit-timing">
          <legend>{t(`limits.timing.${kind}`)}</legend>
          <div className="limit-fields">
            {TIMES.map((time) => (
              <Field key={time} label={t(TIME_LABEL[time])}>
                <Input inputMode="decimal" autoComplete="off" data-testid={`limit-${kind}-${time}`} value={typed[kind][time]} onChange={(event) => setTyped({ ...typed, [kind]: { ...typed[kind], [time]: event.target.value } })} />
              </Field>
            ))}
          </div>
        </fieldset>
      ))}
      <div className="field">
        <span>{t('limits.from')}</span>
        <Chips name="begin" label={t('limits.from')} value={begin} onChange={setBegin} options={BEGIN_NAMES.map((value) => ({ value, label: t(`limits.from.${value}`) }))} />
      </div>
      <Field label={t('desk.reason')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="limit-reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <div className="row">
        <Button type="primary" data-testid="limit-propose" disabled={refused !== null} loading={propose.isPending} onClick={() => propose.mutate()}>{t('limits.proposeThis')}</Button>
        <Button onClick={onDone}>{t('common.cancel')}</Button>
      </div>
      {refused !== null && <p className="caption">{t('state.notNow')}{refused}</p>}
      <Refusal error={propose.error} />
    </section>
  );
}
