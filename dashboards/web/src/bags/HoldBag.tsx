import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Bag, BagStatus } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_HOLD, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';

/** While a reserved bag is in the house, a hold takes it away from its order. */
const RESERVED_IN_HOUSE: readonly BagStatus[] = ['RESERVED', 'PICKED', 'PACKED'];

/** Anybody who sees something wrong may stop a bag at once; lifting the hold takes more. */
export function HoldBag({ bag }: { bag: Bag }) {
  const { t } = useText();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_HOLD);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const hold = useMutation({
    mutationFn: () => api.post('/holds', { bag: bag.id, reason: reason.trim() }),
    onSuccess: () => {
      setOpen(false);
      setReason('');
      void client.invalidateQueries({ queryKey: ['bag', bag.id] });
    },
  });
  return (
    <li data-testid="bag-act-hold" data-allowed={refused === null}>
      <Button data-testid="bag-hold" disabled={refused !== null} onClick={() => setOpen(true)}>{t('hold.act')}</Button>
      <span className={refused === null ? 'label' : 'muted'}>{refused ?? t(RESERVED_IN_HOUSE.includes(bag.status) ? 'hold.effectReserved' : 'hold.effect')}</span>
      <Modal
        title={t('hold.title')}
        open={open}
        okText={t('hold.act')}
        cancelText={t('common.cancel')}
        okButtonProps={{ disabled: reason.trim() === '' || refused !== null, loading: hold.isPending }}
        onOk={() => hold.mutate()}
        onCancel={() => setOpen(false)}
      >
        <Input.TextArea rows={2} aria-label={t('hold.reason')} placeholder={t('hold.reason')} value={reason} onChange={(event) => setReason(event.target.value)} />
        <Refusal error={hold.error} />
      </Modal>
    </li>
  );
}
