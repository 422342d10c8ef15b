import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { Fragment, useState } from 'react';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { PreparationOrder } from '../api/types';
import { formatGroup } from '../format/blood';
import { formatAge, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { componentName } from '../plant/componentName';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';

const LEAST_REASON = 3;

/** Preparation orders: what is wanted, how much is made, and what the rest waits for. */
export function PreparationTable({ orders }: { orders: readonly PreparationOrder[] }) {
  const text = useText();
  const { t, word, pick, language } = text;
  const now = useDomainNow(60_000);
  const plant = useQuery(queries.plant());
  const [cancelling, setCancelling] = useState<string | null>(null);
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('prep.recipe')}</th>
          <th>{t('prep.component')}</th>
          <th>{t('prep.state')}</th>
          <th className="number">{t('prep.made')}</th>
          <th className="number">{t('prep.held')}</th>
          <th>{t('prep.why')}</th>
          <th className="number">{t('prep.age')}</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => {
          const open = order.state === 'waiting' || order.state === 'gathering' || order.state === 'running';
          return (
            <Fragment key={order.id}>
              <tr data-testid="preparation-row" data-order={order.id} data-state={order.state}>
                <td className="nowrap">{word('recipe', order.recipe)}</td>
                <td title={order.component}>{componentName(text, plant.data, order.component)}<span className="caption">{order.group === null ? t('prep.anyGroup') : formatGroup(order.group)}</span></td>
                <td className="nowrap">{word('prepState', order.state)}</td>
                <td className="number">{order.made} / {order.quantity}</td>
                <td className="number">{order.held === 0 ? <span className="muted">0</span> : <b className="warning">◆ {order.held}</b>}</td>
                <td className="label"><span className="prep-waits">{pick(order.waits_en ?? '', order.waits_zh ?? '')}</span><span className="caption">{pick(order.why_en, order.why_zh)}</span></td>
                <td className="number">{now !== null && formatAge(now - instant(order.created_at), language)}</td>
                <td className="number">{open && <Button size="small" data-testid="preparation-cancel" onClick={() => setCancelling(cancelling === order.id ? null : order.id)}>{t('common.cancel')}</Button>}</td>
              </tr>
              {cancelling === order.id && <tr><td colSpan={8}><CancelPreparation order={order.id} onDone={() => setCancelling(null)} /></td></tr>}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

function CancelPreparation({ order, onDone }: { order: string; onDone: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () => api.post<PreparationOrder>(`/preparation/orders/${encodeURIComponent(order)}/cancel`, { reason: reason.trim() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['preparations'] });
      onDone();
    },
  });
  const refused = forbidden ?? (reason.trim().length < LEAST_REASON ? t('prep.cancelNeeded') : null);
  return (
    <div className="prep-cancel">
      <Input autoFocus maxLength={500} data-testid="preparation-reason" placeholder={t('prep.cancelReason')} aria-label={t('prep.cancelReason')} value={reason} onChange={(event) => setReason(event.target.value)} />
      <Button type="primary" disabled={refused !== null} loading={cancel.isPending} onClick={() => cancel.mutate()}>{t('prep.cancel')}</Button>
      {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      <Refusal error={cancel.error} />
    </div>
  );
}
