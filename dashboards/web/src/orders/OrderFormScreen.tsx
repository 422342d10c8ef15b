import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { Order, OrderKind, PlantView } from '../api/types';
import { formatMoment, HOUR_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { useSession } from '../session/SessionContext';
import { MAY_ORDER, useWriteRefusal } from '../shell/useWriteRefusal';
import { Loaded } from '../ui/Loaded';
import { Refusal } from '../ui/Refusal';
import { bagsIn, DUE_HOURS, KINDS, PRIORITIES, requestOf, type Draft, type DraftLine } from './draft';
import { DraftLineView } from './DraftLineView';
import './OrderFormScreen.css';

/** Placing an order: what, for whom, until when. */
export default function OrderFormScreen() {
  const { t } = useText();
  const plant = useQuery(queries.plant());
  return (
    <div className="page page-scroll">
      <nav className="crumb">
        <Link to="/orders">{t('order.crumb')}</Link>
        <span className="muted">›</span>
        <b>{t('orders.new')}</b>
      </nav>
      <Loaded query={plant} rows={6}>{(data) => <OrderForm plant={data} />}</Loaded>
    </div>
  );
}

/** What hospitals order: everything but the bags that are separated before they are used. */
function orderable(plant: PlantView) {
  return plant.components.filter((component) => component.family !== 'whole_blood');
}

function firstDraft(plant: PlantView, hospital: string | null): Draft {
  return {
    hospital: hospital ?? plant.hospitals[0]?.id ?? '',
    kind: 'stock',
    priority: 3,
    dueHours: 4,
    lines: [firstLine(plant, 0)],
  };
}

function firstLine(plant: PlantView, key: number): DraftLine {
  return { key, component: orderable(plant)[0]?.key ?? '', group: 'O+', quantity: 2, minDaysLeft: 0, substitution: true };
}

function OrderForm({ plant }: { plant: PlantView }) {
  const { t, word, name, language } = useText();
  const { session } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const zone = useTimezone();
  const now = useDomainNow(60_000);
  const forbidden = useWriteRefusal(MAY_ORDER);
  const [draft, setDraft] = useState(() => firstDraft(plant, session.hospital));
  const [nextKey, setNextKey] = useState(1);
  const place = useMutation({
    mutationFn: (nowMs: number) => api.post<Order>('/orders', requestOf(draft, nowMs)),
    onSuccess: (order) => {
      client.setQueryData(['order', order.id], order);
      void client.invalidateQueries({ queryKey: ['orders'] });
      void navigate(`/orders/${encodeURIComponent(order.id)}`);
    },
  });
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const changeKind = (kind: OrderKind) => change({ kind, priority: PRIORITIES[kind][0] ?? 3 });
  const changeLine = (line: DraftLine) => change({ lines: draft.lines.map((old) => (old.key === line.key ? line : old)) });
  const addLine = () => {
    change({ lines: [...draft.lines, firstLine(plant, nextKey)] });
    setNextKey(nextKey + 1);
  };
  const refused = now === null ? t('state.loading') : forbidden;
  return (
    <div className="order">
      <div className="order-main">
        <h1>{t('orderForm.title')}</h1>
        <div className="draft-lines">
          {draft.lines.map((line, index) => (
            <DraftLineView
              key={line.key}
              number={index + 1}
              line={line}
              components={orderable(plant)}
              onChange={changeLine}
              onRemove={draft.lines.length > 1 ? () => change({ lines: draft.lines.filter((old) => old.key !== line.key) }) : null}
            />
          ))}
          <div className="draft-add"><Button data-testid="order-add-line" onClick={addLine}>+ {t('orderForm.addLine')}</Button></div>
        </div>
      </div>
      <aside className="draft-card">
        {session.hospital === null && (
          <label className="draft-field">
            <span>{t('orderForm.hospital')}</span>
            <Select data-testid="order-hospital" size="large" value={draft.hospital} onChange={(hospital) => change({ hospital })} options={plant.hospitals.map((hospital) => ({ value: hospital.id, label: name(hospital) }))} />
          </label>
        )}
        <label className="draft-field">
          <span>{t('orderForm.kind')}</span>
          <Select<OrderKind> data-testid="order-kind" size="large" value={draft.kind} onChange={changeKind} options={KINDS.map((kind) => ({ value: kind, label: word('orderKind', kind) }))} />
        </label>
        <label className="draft-field">
          <span>{t('orderForm.priority')}</span>
          <Select data-testid="order-priority" size="large" value={draft.priority} onChange={(priority) => change({ priority })} options={PRIORITIES[draft.kind].map((priority) => ({ value: priority, label: `${priority} · ${word('orderForm.priority', String(priority))}` }))} />
        </label>
        <label className="draft-field">
          <span>{t('orderForm.due')}</span>
          <Select data-testid="order-due" size="large" value={draft.dueHours} onChange={(dueHours) => change({ dueHours })} options={DUE_HOURS.map((hours) => ({ value: hours, label: t('orderForm.hours', { n: hours }) }))} />
        </label>
        <p className="draft-total">{t('orderForm.total', { bags: t('common.bagsN', { n: bagsIn(draft) }), lines: t('orderForm.linesN', { n: draft.lines.length }) })}</p>
        {now !== null && <p className="label">{t('orderForm.arrival', { time: formatMoment(now + draft.dueHours * HOUR_MS, zone, language) })}</p>}
        <Button
          type="primary"
          size="large"
          block
          data-testid="order-submit"
          disabled={refused !== null}
          loading={place.isPending}
          onClick={() => {
            if (now !== null) place.mutate(now);
          }}
        >
          {t('orderForm.submit')}
        </Button>
        {refused !== null && <p className="caption">{refused}</p>}
        {place.error && <p>{t('orderForm.refused')}</p>}
        <Refusal error={place.error} />
      </aside>
    </div>
  );
}
