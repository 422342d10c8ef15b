import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Consignment, ConsignmentItem, ItemAct } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';
import { ItemName } from './ItemLine';

const LEAST_COMMENT = 3;

/** One number that wants an answer: its acts as buttons; the chosen one asks for a comment, and identifying for a scan. */
export function ItemWork({ consignment, item }: { consignment: string; item: ConsignmentItem }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  const [act, setAct] = useState<ItemAct | null>(null);
  const [comment, setComment] = useState('');
  const [scan, setScan] = useState('');
  const resolve = useMutation({
    mutationFn: (chosen: ItemAct) =>
      api.post<Consignment>(`/consignments/${encodeURIComponent(consignment)}/resolve`, {
        item: item.id,
        act: chosen,
        comment: comment.trim(),
        ...(chosen === 'identify' ? { din_scan: scan.trim() } : {}),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['consignments'] }),
  });
  const missing =
    act === 'identify' && scan.trim() === '' ? t('intake.labelNeeded') : comment.trim().length < LEAST_COMMENT ? t('intake.commentNeeded') : null;
  const send = () => {
    if (act !== null && missing === null && forbidden === null && !resolve.isPending) resolve.mutate(act);
  };
  return (
    <div className="intake-item" data-testid="intake-item" data-item={item.id} data-state={item.state}>
      <div className="intake-ask">
        <ItemName item={item} />
        <span className="intake-acts">
          {item.acts.map((one) => (
            <button key={one} type="button" className="chip" data-testid={`intake-act-${one}`} aria-pressed={act === one} onClick={() => setAct(act === one ? null : one)}>{word('itemAct', one)}</button>
          ))}
        </span>
      </div>
      {act !== null && (
        <div className="intake-answer">
          {act === 'identify' && (
            <Input data-testid="intake-scan" className="mono" autoFocus autoComplete="off" spellCheck={false} placeholder={t('intake.label')} aria-label={t('intake.label')} value={scan} onChange={(event) => setScan(event.target.value)} />
          )}
          <Input data-testid="intake-comment" autoFocus={act !== 'identify'} maxLength={500} placeholder={t('intake.comment')} aria-label={t('intake.comment')} value={comment} onChange={(event) => setComment(event.target.value)} onPressEnter={send} />
          <Button type="primary" data-testid="intake-send" disabled={missing !== null || forbidden !== null} loading={resolve.isPending} onClick={send}>{word('itemAct', act)}</Button>
          {(forbidden ?? missing) !== null && <p className="caption">{t('state.notNow')}{forbidden ?? missing}</p>}
          <Refusal error={resolve.error} />
        </div>
      )}
    </div>
  );
}
