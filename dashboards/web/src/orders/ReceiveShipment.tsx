import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { ReceivedShipment, Shipment } from '../api/types';
import { formatDin } from '../format/blood';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { MAY_RECEIVE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Panel } from '../ui/Panel';
import { Refusal } from '../ui/Refusal';

/** A shipment and, once it is on the road, the check and the signature with which a hospital takes it over. */
export function ReceiveShipment({ shipment }: { shipment: Shipment }) {
  const { t, word, language } = useText();
  const zone = useTimezone();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_RECEIVE);
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const [temperatureOk, setTemperatureOk] = useState(true);
  const [visualOk, setVisualOk] = useState(true);
  const bags = shipment.bags.map(({ bag }) => bag);
  const unpacked = bags.filter((bag) => !missing.has(bag));
  const receive = useMutation({
    mutationFn: () =>
      api.post<ReceivedShipment>(`/shipments/${encodeURIComponent(shipment.id)}/receive`, { bags: unpacked, temperature_ok: temperatureOk, visual_ok: visualOk }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['shipment', shipment.id] });
      void client.invalidateQueries({ queryKey: ['shipments'] });
      void client.invalidateQueries({ queryKey: ['order', shipment.order] });
      void client.invalidateQueries({ queryKey: ['orders'] });
    },
  });
  const remarks = receive.data?.findings.filter((one) => one.verdict !== 'received') ?? [];
  const toggle = (bag: string) => {
    const next = new Set(missing);
    if (!next.delete(bag)) next.add(bag);
    setMissing(next);
  };
  const moment = (iso: string) => formatMoment(instant(iso), zone, language);
  const onTheRoad = shipment.state === 'in_transit';
  const open = onTheRoad && refused === null;
  return (
    <Panel title={t('order.shipment', { state: word('shipmentState', shipment.state) })} caption={<span className="mono">{shipment.id}</span>}>
      {shipment.dispatched_at !== null && <p className="label">{t('shipments.dispatched', { time: moment(shipment.dispatched_at) })}</p>}
      {shipment.received_at !== null && <p className="label">{t('shipments.receivedAt', { time: moment(shipment.received_at) })}</p>}
      <h3>{t('shipments.bags')}</h3>
      <div className="receive-bags">
        {shipment.bags.map(({ bag, status }) => (
          <Checkbox key={bag} disabled={!open} checked={open ? !missing.has(bag) : status === 'RECEIVED'} onChange={() => toggle(bag)}>
            <span className="mono">{formatDin(bag.split('-')[0] ?? bag)}</span> <span className="muted">{word('status', status)}</span>
          </Checkbox>
        ))}
      </div>
      {open && (
        <>
          <div className="receive-checks">
            <Checkbox checked={temperatureOk} onChange={(event) => setTemperatureOk(event.target.checked)}>{t('shipments.temperatureOk')}</Checkbox>
            <Checkbox checked={visualOk} onChange={(event) => setVisualOk(event.target.checked)}>{t('shipments.visualOk')}</Checkbox>
          </div>
          <Button type="primary" size="large" block data-testid="shipment-receive" disabled={unpacked.length === 0} loading={receive.isPending} onClick={() => receive.mutate()}>
            {t('shipments.receive', { n: unpacked.length, all: bags.length })}
          </Button>
          <p className="caption">{t('shipments.receiveNote')}</p>
        </>
      )}
      {onTheRoad && !open && <p className="caption">{t('state.notNow')}{refused}</p>}
      {remarks.length > 0 && (
        <ul className="warning">
          {remarks.map((one) => <li key={one.bag}>▲ {formatDin(one.bag.split('-')[0] ?? one.bag)}: {word('verdict', one.verdict)}. {one.detail}</li>)}
        </ul>
      )}
      <Refusal error={receive.error} />
    </Panel>
  );
}
