import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { ShipmentCard } from './ShipmentCard';
import { TripCard } from './TripCard';
import { WeatherLine } from './WeatherLine';
import './RoadScreen.css';

const RUNNING: ReadonlySet<string> = new Set(['planned', 'loading', 'under_way', 'stuck', 'turned_back']);

/** What is on its way to hospitals: trips with their stops, and every box with its temperature in its band. */
export default function RoadScreen() {
  const { t } = useText();
  const shipments = useQuery(queries.shipments());
  const trips = useQuery(queries.trips());
  const coming = shipments.data?.items.filter(({ state }) => state !== 'received') ?? [];
  const running = trips.data?.items.filter(({ state }) => RUNNING.has(state)) ?? [];
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('road.title')}</h1>
        {shipments.data && <span className="muted">{t('road.onTheWay', { n: coming.length })}</span>}
        <span className="grow" />
        <WeatherLine />
      </div>
      <div className="road">
        <section className="road-column" aria-label={t('road.trips')}>
          <h2>{t('road.trips')}</h2>
          <Loaded query={trips} rows={4}>
            {() => (running.length === 0 ? <Empty>{t('road.noTrips')}</Empty> : <>{running.map((trip) => <TripCard key={trip.id} trip={trip} />)}</>)}
          </Loaded>
        </section>
        <section className="road-column" aria-label={t('road.shipments')}>
          <h2>{t('road.shipments')}</h2>
          <Loaded query={shipments} rows={4}>
            {() => (coming.length === 0 ? <Empty>{t('road.none')}</Empty> : <>{coming.map((shipment) => <ShipmentCard key={shipment.id} shipment={shipment} />)}</>)}
          </Loaded>
        </section>
      </div>
    </div>
  );
}
