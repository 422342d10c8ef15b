import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { CloseOutcome, RegistryRequest } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_ORDER, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Refusal } from '../ui/Refusal';

const OUTCOMES = ['met', 'not_needed', 'not_found'] as const satisfies readonly CloseOutcome[];
const LEAST_COMMENT = 3;

/** Ends a request with a word for how; what was kept for it is given back. */
export function EndRequest({ request }: { request: string }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ORDER);
  const [open, setOpen] = useState(false);
  const [outcome, setOutcome] = useState<CloseOutcome>('met');
  const [comment, setComment] = useState('');
  const end = useMutation({
    mutationFn: () => api.post<RegistryRequest>(`/registries/requests/${encodeURIComponent(request)}/close`, { outcome, comment: comment.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['registries'] }),
  });
  const refused = forbidden ?? (comment.trim().length < LEAST_COMMENT ? t('desk.commentNeeded') : null);
  if (!open) return <div className="row"><Button data-testid="request-end" disabled={forbidden !== null} onClick={() => setOpen(true)}>{t('registry.end')}</Button></div>;
  return (
    <section data-testid="request-end-form">
      <Chips name="outcome" label={t('registry.end')} value={outcome} onChange={setOutcome} options={OUTCOMES.map((value) => ({ value, label: word('closeOutcome', value) }))} />
      <Input autoFocus maxLength={500} aria-label={t('desk.comment')} placeholder={t('desk.comment')} value={comment} onChange={(event) => setComment(event.target.value)} />
      <div className="row">
        <Button type="primary" disabled={refused !== null} loading={end.isPending} onClick={() => end.mutate()}>{t('registry.end')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      <Refusal error={end.error} />
    </section>
  );
}
