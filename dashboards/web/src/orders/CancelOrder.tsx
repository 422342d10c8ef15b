import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Order, OrderState } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_ORDER, useWriteRefusal } from '../shell/useWriteRefusal';
import { Panel } from '../ui/Panel';
import { Refusal } from '../ui/Refusal';

/** After packing the blood is on its way: too late to cancel. */
const CANCELLABLE: readonly OrderState[] = ['open', 'reserved', 'picking'];

export function CancelOrder({ order }: { order: Order }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_ORDER);
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () => api.post<Order>(`/orders/${encodeURIComponent(order.id)}/cancel`, { reason: reason.trim() }),
    onSuccess: (answer) => client.setQueryData(['order', order.id], answer),
  });
  const closed = CANCELLABLE.includes(order.state) ? refused : t('order.cancelClosed', { state: word('orderState', order.state) });
  return (
    <Panel title={t('order.cancel')}>
      {closed === null ? (
        <>
          <Input aria-label={t('order.cancelReason')} placeholder={t('order.cancelReason')} value={reason} onChange={(event) => setReason(event.target.value)} />
          <p className="caption" style={{ margin: '6px 0' }}>{t('order.cancelNote')}</p>
          <Button data-testid="order-cancel" disabled={reason.trim() === ''} loading={cancel.isPending} onClick={() => cancel.mutate()}>{t('order.cancel')}</Button>
        </>
      ) : (
        <p className="muted">{closed}</p>
      )}
      <Refusal error={cancel.error} />
    </Panel>
  );
}
