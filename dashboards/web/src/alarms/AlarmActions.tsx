import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select, type GetRef } from 'antd';
import { useRef, useState } from 'react';
import { api } from '../api/client';
import type { AlarmDetail } from '../api/types';
import { useText } from '../i18n/text';
import { useShortcuts } from '../shell/useShortcuts';
import { MAY_ANSWER_ALARMS, useWriteRefusal } from '../shell/useWriteRefusal';
import { Kbd } from '../ui/Kbd';
import { Refusal } from '../ui/Refusal';
import { isUnacknowledged } from './wording';

const SHELVE_MINUTES = [15, 30, 60, 120];
const DEFAULT_MINUTES = 30;

type Step = 'acknowledge' | 'shelve' | 'unshelve';

/** Acknowledge with a comment, shelve for a time with a reason. A closed action says why under it. */
export function AlarmActions({ alarm }: { alarm: AlarmDetail }) {
  const { t } = useText();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_ANSWER_ALARMS);
  const [comment, setComment] = useState('');
  const [minutes, setMinutes] = useState(DEFAULT_MINUTES);
  const field = useRef<GetRef<typeof Input.TextArea>>(null);
  const act = useMutation({
    mutationFn: (step: Step) => {
      const body = step === 'shelve' ? { minutes, reason: comment.trim() } : step === 'acknowledge' ? { comment: comment.trim() } : {};
      return api.post<AlarmDetail>(`/alarms/${encodeURIComponent(alarm.id)}/${step}`, body);
    },
    onSuccess: (answer) => {
      setComment('');
      client.setQueryData(['alarm', alarm.id], answer);
      void client.invalidateQueries({ queryKey: ['alarms'] });
      void client.invalidateQueries({ queryKey: ['overview'] });
    },
  });

  const ackRefused = refused ?? acknowledgeRefusal(alarm, t);
  const shelveRefused = refused ?? (alarm.priority === 1 ? t('alarm.shelveClosed') : comment.trim() === '' ? t('alarm.shelveReason') : null);
  const shelved = alarm.state === 'shelved';
  useShortcuts({
    acknowledge: () => {
      if (ackRefused === null) act.mutate('acknowledge');
    },
    shelve: () => {
      if (shelveRefused === null) act.mutate('shelve');
      else field.current?.focus();
    },
  });

  if (alarm.state === 'normal') return <p className="caption">{t('alarm.ackNormal')}</p>;
  return (
    <div className="drawer-actions">
      <h3 id="alarm-comment-label">{t('alarm.comment')}</h3>
      <Input.TextArea
        ref={field}
        aria-labelledby="alarm-comment-label"
        data-testid="alarm-comment"
        placeholder={t('alarm.commentHint')}
        rows={2}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <div className="row">
        <Button type="primary" data-testid="alarm-ack" disabled={ackRefused !== null} loading={act.isPending && act.variables === 'acknowledge'} onClick={() => act.mutate('acknowledge')}>
          {t('alarm.acknowledge')} <Kbd>A</Kbd>
        </Button>
        {shelved ? (
          <Button data-testid="alarm-unshelve" disabled={refused !== null} onClick={() => act.mutate('unshelve')}>{t('alarm.unshelve')}</Button>
        ) : (
          <>
            <Button data-testid="alarm-shelve" disabled={shelveRefused !== null} onClick={() => act.mutate('shelve')}>
              {t('alarm.shelve')} <Kbd>S</Kbd>
            </Button>
            <Select
              aria-label={t('alarm.shelveFor')}
              value={minutes}
              disabled={alarm.priority === 1}
              onChange={setMinutes}
              options={SHELVE_MINUTES.map((value) => ({ value, label: t('alarm.minutes', { n: value }) }))}
            />
          </>
        )}
      </div>
      {[...new Set([ackRefused, shelved ? null : shelveRefused])].map((reason) => reason && <p key={reason} className="caption">{reason}</p>)}
      <Refusal error={act.error} />
    </div>
  );
}

function acknowledgeRefusal(alarm: AlarmDetail, t: ReturnType<typeof useText>['t']): string | null {
  if (isUnacknowledged(alarm)) return null;
  return t('alarm.ackClosed', { who: alarm.acknowledged_by ?? t('state.unknown') });
}
