import { useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import type { Recall } from './types';

const LEAST_COMMENT = 3;

/** The end of a case: every bag has an outcome, and two people say so. */
export function CloseCase({ recall, left }: { recall: string; left: number }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [open, setOpen] = useState(false);
  const [comment, setComment] = useState('');
  const content = { comment: comment.trim() };
  const closed = forbidden ?? (left > 0 ? t('recall.closeLeft', { n: left }) : null);
  const close = async (signatures: [string, string]) => {
    const answer = await api.post<Recall>(`/recalls/${encodeURIComponent(recall)}/close`, { ...content, signatures });
    client.setQueryData(['recall', recall], answer);
    void client.invalidateQueries({ queryKey: ['recalls'] });
  };
  return (
    <section data-testid="recall-close">
      <h3>{t('recall.close')}</h3>
      <p className="caption">{t('recall.closeRule')}</p>
      {!open && (
        <div className="row">
          <Button data-testid="recall-close-begin" disabled={closed !== null} onClick={() => setOpen(true)}>{t('recall.close')}</Button>
          {closed !== null && <span className="caption">{t('state.notNow')}{closed}</span>}
        </div>
      )}
      {open && (
        <>
          <Field label={t('recall.closeComment')}>
            <Input.TextArea rows={2} maxLength={500} autoFocus data-testid="recall-close-comment" value={comment} onChange={(event) => setComment(event.target.value)} />
          </Field>
          <TwoSignatures
            key={content.comment}
            act="recall.close"
            subject={recall}
            content={content}
            meaning={t('recall.closeMeaning')}
            doIt={t('recall.close')}
            refused={closed ?? (content.comment.length < LEAST_COMMENT ? t('desk.commentNeeded') : null)}
            onDone={close}
          />
        </>
      )}
    </section>
  );
}
