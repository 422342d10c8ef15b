import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api } from '../api/client';
import type { Notice } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_BE_TOLD, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';
import { openAnswers } from './answers';

const TOUCHED = ['notices', 'alarms', 'alarm', 'responses'];

/** What a told person answers: seen, or "I come". Neither ends the ladder; acting on the alarm does. */
export function NoticeAnswer({ notice }: { notice: Notice }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_BE_TOLD);
  const answer = useMutation({
    mutationFn: (act: 'open' | 'coming') => api.post<Notice>(`/notices/${encodeURIComponent(notice.id)}/${act}`, {}),
    onSettled: () => {
      for (const key of TOUCHED) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const open = openAnswers(notice);
  if (open.length === 0) return null;
  return (
    <div className="notice-answer">
      <div className="row">
        {open.includes('coming') && <Button type="primary" data-testid="notice-coming" disabled={forbidden !== null} loading={answer.isPending} onClick={() => answer.mutate('coming')}>{t('notices.come')}</Button>}
        {open.includes('open') && <Button data-testid="notice-open" disabled={forbidden !== null} loading={answer.isPending} onClick={() => answer.mutate('open')}>{t('notices.seen')}</Button>}
      </div>
      <p className="caption">{forbidden === null ? t('notices.answerNote') : `${t('state.notNow')}${forbidden}`}</p>
      <Refusal error={answer.error} />
    </div>
  );
}
