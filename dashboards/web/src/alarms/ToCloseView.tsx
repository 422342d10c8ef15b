import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { coldQueries } from '../api/coldQueries';
import type { Occurrence } from '../api/types';
import { formatAge, instant } from '../format/time';
import { useText } from '../i18n/text';
import { MAY_ANSWER_ALARMS, useWriteRefusal } from '../shell/useWriteRefusal';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { PriorityMark } from '../ui/PriorityMark';
import { Refusal } from '../ui/Refusal';
import { OTHER, ReasonSelect } from './ReasonSelect';

const LOW = 3;

/** What is over and has no reason yet; several of low priority take one together. */
export function ToCloseView() {
  const { t, pick, language } = useText();
  const waiting = useQuery(coldQueries.toClose());
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <>
      <p className="caption">{t('toClose.note')}</p>
      <Loaded query={waiting} rows={8}>
        {({ items }) => (
          <>
            <div className="table-scroll">
              {items.length === 0 ? <Empty>{t('toClose.none')}</Empty> : (
                <table className="list">
                  <thead><tr><th /><th /><th>{t('alarms.col.condition')}</th><th>{t('desk.when')}</th><th className="number">{t('toClose.stood')}</th><th>{t('desk.comment')}</th></tr></thead>
                  <tbody>
                    {items.map((one) => (
                      <tr key={one.id} data-testid="to-close">
                        <td><Checkbox aria-label={pick(one.title_en, one.title_zh)} checked={chosen.includes(one.id)} onChange={() => toggle(one.id)} /></td>
                        <td><PriorityMark priority={one.priority} /></td>
                        <td><b>{pick(one.title_en, one.title_zh)}</b> <small className="muted mono">{one.source}</small></td>
                        <td><Moment at={one.raised_at} /></td>
                        <td className="number">{one.returned_at === null ? t('state.none') : formatAge(instant(one.returned_at) - instant(one.raised_at), language)}</td>
                        <td>{one.comment}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </div>
            {items.length > 0 && <CloseForm chosen={items.filter(({ id }) => chosen.includes(id))} onDone={() => setChosen([])} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function CloseForm({ chosen, onDone }: { chosen: readonly Occurrence[]; onDone: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ANSWER_ALARMS);
  const [reason, setReason] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const close = useMutation({
    mutationFn: () => api.post('/alarms/close', { occurrences: chosen.map(({ id }) => id), reason, comment: comment.trim() }),
    onSuccess: () => {
      for (const key of ['to-close', 'alarms', 'alarm', 'alarm-health']) void client.invalidateQueries({ queryKey: [key] });
      setReason(null);
      setComment('');
      onDone();
    },
  });
  const urgent = chosen.length > 1 && chosen.some(({ priority }) => priority < LOW);
  const missing = chosen.length === 0 ? t('toClose.choose') : urgent ? t('toClose.tooUrgent') : reason === null ? t('alarm.reasonNeeded') : reason === OTHER && comment.trim() === '' ? t('alarm.otherNeedsComment') : null;
  const refused = forbidden ?? missing;
  return (
    <div className="to-close-form">
      <ReasonSelect value={reason} onChange={setReason} />
      <Input maxLength={500} data-testid="close-comment" aria-label={t('desk.comment')} placeholder={t('desk.comment')} value={comment} onChange={(event) => setComment(event.target.value)} />
      <Button type="primary" data-testid="close-many" disabled={refused !== null} loading={close.isPending} onClick={() => close.mutate()}>{t('toClose.close', { n: chosen.length })}</Button>
      {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      <Refusal error={close.error} />
    </div>
  );
}
