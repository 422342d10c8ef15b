import type { Shipment } from '../api/types';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { MAY_RECEIVE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Panel } from '../ui/Panel';
import { boxesOf, isHere } from './boxesOf';
import { UnpackBox } from './UnpackBox';

interface Props {
  shipment: Shipment;
  /** Bags whose labels were read so far. */
  read: ReadonlySet<string>;
  onRead: (bag: string) => void;
}

/** A shipment and, once it is on the road, the check of each box bag by bag with which a hospital takes it over. */
export function ReceiveShipment({ shipment, read, onRead }: Props) {
  const { t, word, language } = useText();
  const zone = useTimezone();
  const refused = useWriteRefusal(MAY_RECEIVE);
  const moment = (iso: string) => formatMoment(instant(iso), zone, language);
  const here = shipment.bags.filter(isHere).length;
  const onTheRoad = shipment.state === 'in_transit';
  return (
    <Panel title={t('order.shipment', { state: word('shipmentState', shipment.state) })} caption={<span className="mono">{shipment.id}</span>}>
      {shipment.dispatched_at !== null && <p className="label">{t('shipments.dispatched', { time: moment(shipment.dispatched_at) })}</p>}
      {shipment.received_at !== null && <p className="label">{t('shipments.receivedAt', { time: moment(shipment.received_at) })}</p>}
      {onTheRoad && <p className="card-lead"><b data-testid="shipment-here">{here}</b><span className="label">{t('shipments.hereOf', { all: shipment.bags.length })}</span></p>}
      {boxesOf(shipment).map((unpacked) => (
        <UnpackBox key={unpacked.box?.id ?? 'loose'} shipment={shipment} unpacked={unpacked} read={read} open={onTheRoad && refused === null} onRead={onRead} />
      ))}
      {onTheRoad && refused === null && <p className="caption">{t('shipments.receiveNote')}</p>}
      {onTheRoad && refused !== null && <p className="caption">{t('state.notNow')}{refused}</p>}
    </Panel>
  );
}
