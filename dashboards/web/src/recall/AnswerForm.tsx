import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Role } from '../api/types';
import { useText } from '../i18n/text';
import { useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';

const LEAST_ANSWER = 3;

interface Props {
  recall: string;
  notice: string;
  label: string;
  roles: readonly Role[];
}

/** Acknowledges a notice: what its holder does about it, in a sentence. */
export function AnswerForm({ recall, notice, label, roles }: Props) {
  const { t } = useText();
  const client = useQueryClient();
  const refused = useWriteRefusal(roles);
  const [answer, setAnswer] = useState('');
  const send = useMutation({
    mutationFn: () => api.post(`/recalls/${encodeURIComponent(recall)}/notices/${encodeURIComponent(notice)}/acknowledge`, { answer: answer.trim() }),
    onSuccess: async () => {
      for (const key of ['recall', 'recalls', 'recall-notices', 'alarms']) await client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <form
      className="recall-answer"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Input aria-label={label} placeholder={t('recall.answer')} maxLength={500} data-testid="recall-answer" value={answer} onChange={(event) => setAnswer(event.target.value)} />
      <Button htmlType="submit" data-testid="recall-acknowledge" disabled={refused !== null || answer.trim().length < LEAST_ANSWER} title={refused ?? undefined} loading={send.isPending}>{t('recall.acknowledge')}</Button>
      <Refusal error={send.error} />
    </form>
  );
}
