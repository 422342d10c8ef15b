import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { ReceivedShipment, Shipment } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { useText } from '../i18n/text';
import { ScanBags } from '../scan/ScanBags';
import { MAY_RECEIVE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';
import { strangers } from './boxesOf';
import { ReceiveShipment } from './ReceiveShipment';

/**
 * Shipments that are coming, and one scanner for all of them: each bag finds its box; one that belongs nowhere is named.
 * A bag that has just been received, with its shipment or `before`, is no stranger.
 */
export function ReceiveByScan({ coming, before = [] }: { coming: readonly Shipment[]; before?: readonly Shipment[] }) {
  const refused = useWriteRefusal(MAY_RECEIVE);
  const [read, setRead] = useState<ReadonlySet<string>>(new Set());
  const toggle = (bag: string) =>
    setRead((old) => {
      const next = new Set(old);
      if (!next.delete(bag)) next.add(bag);
      return next;
    });
  const add = (bag: string) => setRead((old) => new Set(old).add(bag));
  const travelling = coming.filter(({ state }) => state === 'in_transit');
  const unknown = strangers(read, [...coming, ...before]);
  return (
    <>
      {travelling.length > 0 && refused === null && <div className="receive-scan"><ScanBags onBag={(bag) => add(bag.id)} /></div>}
      {unknown.map((bag) => <Stranger key={bag} bag={bag} shipment={travelling[0]} onDone={() => toggle(bag)} />)}
      <div className="shipments">{coming.map((shipment) => <ReceiveShipment key={shipment.id} shipment={shipment} read={read} onRead={toggle} />)}</div>
    </>
  );
}

/** A bag that came and was announced with nothing: it is reported as the wrong bag, and the warehouse holds it. */
function Stranger({ bag, shipment, onDone }: { bag: string; shipment: Shipment | undefined; onDone: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const report = useMutation({
    // Nobody has judged it: what is not known is not said to be good.
    mutationFn: (id: string) => api.post<ReceivedShipment>(`/shipments/${encodeURIComponent(id)}/receive`, { bags: [bag], temperature_ok: false, visual_ok: false }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['shipments'] });
      onDone();
    },
  });
  return (
    <p className="row high" role="alert" data-testid="stranger">
      ▲ <BagLink bag={bag} /> {t('shipments.stranger')}
      {shipment !== undefined && <Button size="small" loading={report.isPending} onClick={() => report.mutate(shipment.id)}>{t('shipments.reportStranger')}</Button>}
      <Button size="small" type="text" onClick={onDone}>{t('desk.remove')}</Button>
      <Refusal error={report.error} />
    </p>
  );
}
