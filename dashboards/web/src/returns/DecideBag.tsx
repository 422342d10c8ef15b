import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Return, ReturnVerdict } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';
import { VERDICTS } from './verdicts';

const LEAST_COMMENT = 3;

/** Quality decides about a bag that came back; the warehouse refuses stock for one whose temperature is not known throughout. */
export function DecideBag({ one, bag }: { one: string; bag: string }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [verdict, setVerdict] = useState<ReturnVerdict | null>(null);
  const [comment, setComment] = useState('');
  const decide = useMutation({
    mutationFn: (chosen: ReturnVerdict) => api.post<Return>(`/returns/${encodeURIComponent(one)}/decide`, { bag, verdict: chosen, comment: comment.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['returns'] }),
  });
  const refused = forbidden ?? (comment.trim().length < LEAST_COMMENT ? t('desk.commentNeeded') : null);
  return (
    <div className="card" data-testid="decide">
      <div className="chips">
        {VERDICTS.map((value) => <button key={value} type="button" className="chip" data-testid={`decide-${value}`} aria-pressed={verdict === value} disabled={forbidden !== null} onClick={() => setVerdict(value)}>{word('returnVerdict', value)}</button>)}
      </div>
      {forbidden !== null && <p className="caption">{t('state.notNow')}{forbidden}</p>}
      {verdict !== null && forbidden === null && (
        <>
          <Input autoFocus maxLength={500} data-testid="decide-comment" aria-label={t('returns.looked')} placeholder={t('returns.looked')} value={comment} onChange={(event) => setComment(event.target.value)} />
          <div className="row">
            <Button type="primary" data-testid="decide-do" disabled={refused !== null} loading={decide.isPending} onClick={() => decide.mutate(verdict)}>{word('returnVerdict', verdict)}</Button>
            {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
          </div>
        </>
      )}
      <Refusal error={decide.error} />
    </div>
  );
}
