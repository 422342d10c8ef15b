import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { Shipment } from '../api/types';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { useSession } from '../session/SessionContext';
import { ShipmentPassports } from '../passport/ShipmentPassports';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Panel } from '../ui/Panel';
import { ReceiveByScan } from './ReceiveByScan';
import './OrderScreen.css';
import './ShipmentsScreen.css';

/** What is on its way to the hospital, to be checked and received, and what came before. */
export default function ShipmentsScreen() {
  const { t } = useText();
  const { session } = useSession();
  const shipments = useQuery(queries.shipments(session.hospital ?? undefined));
  const coming = shipments.data?.items.filter((shipment) => shipment.state !== 'received') ?? [];
  const received = shipments.data?.items.filter((shipment) => shipment.state === 'received') ?? [];
  return (
    <div className="page page-scroll">
      <div className="title-row">
        <h1>{t('shipments.title')}</h1>
        {shipments.data && <span className="muted">{t('shipments.coming', { n: coming.length })}</span>}
      </div>
      <Loaded query={shipments} rows={6}>
        {() => (
          <>
            {coming.length === 0 && <Empty>{t('shipments.none')}</Empty>}
            <ReceiveByScan coming={coming} before={received} />
            {received.length > 0 && <ReceivedBefore shipments={received} />}
          </>
        )}
      </Loaded>
    </div>
  );
}

function ReceivedBefore({ shipments }: { shipments: Shipment[] }) {
  const { t, language } = useText();
  const zone = useTimezone();
  return (
    <Panel title={t('shipments.received')}>
      <table className="list">
        <tbody>
          {shipments.map((shipment) => (
            <tr key={shipment.id}>
              <td className="mono">{shipment.id}</td>
              <td><Link className="mono" to={`/orders/${encodeURIComponent(shipment.order)}`}>{shipment.order}</Link></td>
              <td><ShipmentPassports bags={shipment.bags} /></td>
              <td className="number">{shipment.received_at !== null && formatMoment(instant(shipment.received_at), zone, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
