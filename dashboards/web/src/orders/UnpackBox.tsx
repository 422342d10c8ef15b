import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { ReceivedShipment, Shipment } from '../api/types';
import { dinOfBag } from '../bags/bagId';
import { BagLink } from '../bags/BagLink';
import { formatDin } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Refusal } from '../ui/Refusal';
import { YesNo } from '../ui/YesNo';
import { isHere, type UnpackedBox } from './boxesOf';

/** From this many minutes on a box is said to have been outside its range. */
const WORTH_SAYING_MIN = 1;

interface Props {
  shipment: Shipment;
  unpacked: UnpackedBox;
  read: ReadonlySet<string>;
  open: boolean;
  onRead: (bag: string) => void;
}

/** One box: each bag is read or ticked out of it, both questions are answered, then it is received. */
export function UnpackBox({ shipment, unpacked, read, open, onRead }: Props) {
  const { t, word } = useText();
  const client = useQueryClient();
  const [temperatureOk, setTemperatureOk] = useState<boolean | null>(null);
  const [visualOk, setVisualOk] = useState<boolean | null>(null);
  const { box, bags } = unpacked;
  const waiting = bags.filter((bag) => !isHere(bag));
  const taken = waiting.filter(({ bag }) => read.has(bag)).map(({ bag }) => bag);
  const receive = useMutation({
    mutationFn: () => api.post<ReceivedShipment>(`/shipments/${encodeURIComponent(shipment.id)}/receive`, { bags: taken, temperature_ok: temperatureOk, visual_ok: visualOk }),
    onSuccess: () => {
      for (const key of ['shipment', 'shipments', 'order', 'orders', 'custody']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const remarks = receive.data?.findings.filter((one) => one.verdict !== 'received') ?? [];
  const missing = taken.length === 0 ? t('shipments.readFirst') : temperatureOk === null || visualOk === null ? t('shipments.answerBoth') : null;
  return (
    <section className="unpack" data-testid="unpack-box" data-box={box?.id ?? 'loose'}>
      <div className="lines-row">
        <b>{box === null ? t('shipments.noBox') : box.id.toUpperCase()}</b>
        <span className="label">{t('shipments.hereCount', { n: bags.length - waiting.length, all: bags.length })}</span>
      </div>
      {box !== null && <Logger box={box} />}
      <ul className="unpack-bags">
        {bags.map((bag) => {
          const here = isHere(bag);
          return (
            <li key={bag.bag} data-testid="unpack-bag" data-read={here || read.has(bag.bag)}>
              <Checkbox disabled={here || !open} checked={here || read.has(bag.bag)} onChange={() => onRead(bag.bag)}><span className="visually-hidden">{formatDin(dinOfBag(bag.bag))}</span></Checkbox>
              <BagLink bag={bag.bag} />
              <span className="muted">{word('status', bag.status)}</span>
            </li>
          );
        })}
      </ul>
      {open && waiting.length > 0 && (
        <>
          <YesNo must name="unpack-temperature" label={t('shipments.temperatureOk')} value={temperatureOk} onChange={setTemperatureOk} />
          <YesNo must name="unpack-visual" label={t('shipments.visualOk')} value={visualOk} onChange={setVisualOk} />
          <Button type="primary" size="large" block data-testid="shipment-receive" disabled={missing !== null} loading={receive.isPending} onClick={() => receive.mutate()}>
            {t('shipments.receive', { n: taken.length, all: waiting.length })}
          </Button>
          {missing !== null && <p className="caption">{t('state.notNow')}{missing}</p>}
        </>
      )}
      {remarks.length > 0 && (
        <ul className="warning">
          {remarks.map((one) => <li key={one.bag}>▲ {formatDin(dinOfBag(one.bag))}: {word('verdict', one.verdict)}. {one.detail}</li>)}
        </ul>
      )}
      <Refusal error={receive.error} />
    </section>
  );
}

/** What the logger of the box says of its way; silence is no good word. */
function Logger({ box }: { box: Shipment['boxes'][number] }) {
  const { t } = useText();
  const minutes = box.temperature?.minutes_outside ?? null;
  if (minutes === null) return <p className="caption"><span className="warning">◆ {t('road.outsideUnknown')}</span></p>;
  if (minutes < WORTH_SAYING_MIN) return <p className="caption">{t('shipments.inRange')}</p>;
  return <p className="high">▲ {t('road.outside', { n: formatNumber(minutes) })}</p>;
}
