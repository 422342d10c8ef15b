import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select, type GetRef } from 'antd';
import { useRef, useState } from 'react';
import { api } from '../api/client';
import type { AlarmDetail } from '../api/types';
import { HOUR_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { useShortcuts } from '../shell/useShortcuts';
import { MAY_ANSWER_ALARMS, MAY_MAINTAIN, useWriteRefusal } from '../shell/useWriteRefusal';
import { Kbd } from '../ui/Kbd';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { refusalsOf, type Act } from './acts';
import { ReasonSelect } from './ReasonSelect';

const SHELVE_MINUTES = [15, 30, 60, 120];
const DEFAULT_MINUTES = 30;
const OUT_HOURS = [1, 4, 8, 24];
const DEFAULT_HOURS = 4;

/** Acknowledge, shelve, maintain, reset, close: what fits the alarm's state. A closed action says why under it. */
export function AlarmActions({ alarm }: { alarm: AlarmDetail }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ANSWER_ALARMS);
  const notMaintainer = useWriteRefusal(MAY_MAINTAIN);
  const now = useDomainNow();
  const [comment, setComment] = useState('');
  const [reason, setReason] = useState<string | null>(null);
  const [minutes, setMinutes] = useState(DEFAULT_MINUTES);
  const [hours, setHours] = useState(DEFAULT_HOURS);
  const field = useRef<GetRef<typeof Input.TextArea>>(null);
  const act = useMutation({
    mutationFn: (step: Act) => {
      const said = comment.trim();
      const bodies: Record<Act, object> = {
        acknowledge: { comment: said, ...(reason === null ? {} : { reason }), ...(alarm.occurrence === null ? {} : { seen: { occurrence: alarm.occurrence, priority: alarm.priority } }) },
        shelve: { minutes, reason: said },
        unshelve: {},
        reset: { reason, comment: said },
        close: { reason, comment: said },
        'out-of-service': { reason: said, until: new Date((now ?? 0) + hours * HOUR_MS).toISOString() },
        'return-to-service': { comment: said },
      };
      return api.post<AlarmDetail>(`/alarms/${encodeURIComponent(alarm.id)}/${step}`, bodies[step]);
    },
    onError: () => void client.invalidateQueries({ queryKey: ['alarm', alarm.id] }),
    onSuccess: (answer) => {
      setComment('');
      setReason(null);
      client.setQueryData(['alarm', alarm.id], answer);
      for (const key of ['alarms', 'overview', 'to-close', 'alarm-health']) void client.invalidateQueries({ queryKey: [key] });
    },
  });

  const refusals = refusalsOf(alarm, { comment: comment.trim(), reason }, { forbidden, notMaintainer });
  const offered = (step: Act) => refusals[step] !== undefined;
  const why = (step: Act) => {
    const found = refusals[step];
    return found === undefined || found === null ? null : typeof found === 'string' ? found : t(found.key, found.params);
  };
  useShortcuts({
    acknowledge: () => {
      if (offered('acknowledge') && why('acknowledge') === null) act.mutate('acknowledge');
    },
    shelve: () => {
      if (offered('shelve') && why('shelve') === null) act.mutate('shelve');
      else field.current?.focus();
    },
  });
  const button = (step: Act, label: string, kbd?: string) =>
    offered(step) && (
      <Button key={step} type={step === 'acknowledge' || step === 'reset' ? 'primary' : 'default'} data-testid={`alarm-${step === 'acknowledge' ? 'ack' : step}`} disabled={why(step) !== null} loading={act.isPending && act.variables === step} onClick={() => act.mutate(step)}>
        {label} {kbd && <Kbd>{kbd}</Kbd>}
      </Button>
    );

  if (alarm.state === 'normal' && alarm.unclosed === 0) return <p className="caption">{t('alarm.ackNormal')}</p>;
  const wantsReason = offered('reset') || offered('close');
  const steps: readonly Act[] = ['acknowledge', 'reset', 'close', 'shelve', 'out-of-service'];
  return (
    <div className="drawer-actions">
      {alarm.state === 'latched_unacknowledged' || alarm.state === 'latched' ? <p className="warning">◆ {t('alarm.resetNote')}</p> : null}
      {alarm.unclosed > 0 && <p className="warning" data-testid="alarm-unclosed">◆ {t('alarm.unclosed', { n: alarm.unclosed })}</p>}
      {alarm.out_until !== null && <p className="caption">{t('alarm.outUntil')} <Moment at={alarm.out_until} full /></p>}
      <h3 id="alarm-comment-label">{t('alarm.comment')}</h3>
      <Input.TextArea
        ref={field}
        aria-labelledby="alarm-comment-label"
        data-testid="alarm-comment"
        placeholder={t('alarm.commentHint')}
        rows={2}
        maxLength={500}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      {wantsReason && <ReasonSelect value={reason} onChange={setReason} />}
      <div className="row">
        {button('acknowledge', t('alarm.acknowledge'), 'A')}
        {button('reset', t('alarm.reset'))}
        {button('close', t('alarm.closeIt'))}
        {button('unshelve', t('alarm.unshelve'))}
        {button('return-to-service', t('alarm.backInService'))}
      </div>
      {offered('shelve') && (
        <div className="row">
          {button('shelve', t('alarm.shelve'), 'S')}
          <Select aria-label={t('alarm.shelveFor')} value={minutes} disabled={alarm.priority === 1} onChange={setMinutes} options={SHELVE_MINUTES.map((value) => ({ value, label: t('alarm.minutes', { n: value }) }))} />
          {offered('out-of-service') && (
            <>
              {button('out-of-service', t('alarm.outOfService'))}
              <Select aria-label={t('alarm.outFor')} value={hours} onChange={setHours} options={OUT_HOURS.map((value) => ({ value, label: `${value} h` }))} />
            </>
          )}
        </div>
      )}
      {[...new Set(steps.filter(offered).map(why))].map((sentence) => sentence && <p key={sentence} className="caption">{sentence}</p>)}
      <Refusal error={act.error} />
    </div>
  );
}
