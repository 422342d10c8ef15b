import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Bag, Hold } from '../api/types';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_LIFT, useWriteRefusal } from '../shell/useWriteRefusal';

/** Lets a bag go again: a reason, and two people who sign for it, one of them of quality. */
export function LiftHold({ bag, hold }: { bag: Bag; hold: Bag['hold_list'][number] }) {
  const { t, pick } = useText();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_LIFT);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const content = { reason: reason.trim() };
  const lift = async (signatures: [string, string]) => {
    await api.post<Hold>(`/holds/${encodeURIComponent(hold.id)}/lift`, { ...content, signatures });
    setOpen(false);
    await client.invalidateQueries({ queryKey: ['bag', bag.id] });
  };
  return (
    <li data-testid="bag-act-lift" data-allowed={refused === null}>
      <Button data-testid="bag-lift" disabled={refused !== null} onClick={() => setOpen(true)}>{t('lift.act')}</Button>
      <span className={refused === null ? 'label' : 'muted'}>{refused === null ? t('lift.effect', { reason: pick(hold.reason, hold.reason_zh) }) : t('state.notNow') + refused}</span>
      <Modal title={t('lift.title')} open={open} footer={null} destroyOnHidden onCancel={() => setOpen(false)}>
        <p className="label">{t('lift.what', { reason: pick(hold.reason, hold.reason_zh), who: hold.opened_by })}</p>
        <Input.TextArea rows={2} data-testid="lift-reason" aria-label={t('lift.reason')} placeholder={t('lift.reason')} value={reason} onChange={(event) => setReason(event.target.value)} />
        <TwoSignatures
          key={content.reason}
          act="hold.lift"
          subject={hold.id}
          content={content}
          meaning={t('lift.meaning')}
          doIt={t('lift.act')}
          refused={refused ?? (content.reason === '' ? t('lift.reasonNeeded') : null)}
          onDone={lift}
        />
      </Modal>
    </li>
  );
}
