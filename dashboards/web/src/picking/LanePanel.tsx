import { Link } from 'react-router';
import type { PickingLane, PlantView } from '../api/types';
import { formatDin } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { placeName } from '../tasks/placeName';
import { PriorityMark } from '../ui/PriorityMark';

const SHOWN = 30;
/** The emergency tier of orders; the marks of a lane are those of alarms. */
const EMERGENCY = 1;
const URGENT = 2;

/** One lane: whose bags gather, how far they are, and what each that is not there yet waits for. */
export function LanePanel({ lane, plant }: { lane: PickingLane; plant: PlantView }) {
  const { t, word, name, pick } = useText();
  const places = new Map(plant.places.map((place) => [place.path, name(place)]));
  const hospital = plant.hospitals.find(({ id }) => id === lane.hospital);
  const statuses = [...new Set(lane.bags.map(({ status }) => status))].map((status) => ({ status, n: lane.bags.filter((bag) => bag.status === status).length }));
  const packed = lane.bags.filter(({ status }) => status === 'PACKED').length;
  const waiting = [...lane.bags].sort((a, b) => Number(b.waits_en !== null) - Number(a.waits_en !== null));
  return (
    <section className="lane" data-testid="picking-lane" data-lane={lane.lane} data-shipment={lane.shipment ?? ''}>
      <div className="lane-head">
        <span className="label">{placeName(lane.lane, places)}</span>
        {lane.shipment === null && <span className="muted">{t('picking.laneFree')}</span>}
        {lane.priority !== null && lane.priority <= URGENT && <PriorityMark priority={lane.priority <= EMERGENCY ? 1 : 2} acknowledged />}
      </div>
      {lane.shipment === null ? (
        <p className="caption">{t('picking.laneNone')}</p>
      ) : (
        <>
          <b className="lane-for">{hospital ? name(hospital) : lane.hospital}</b>
          <p className="caption">
            {lane.order !== null && <Link to={`/orders/${encodeURIComponent(lane.order)}`} className="mono">{lane.order}</Link>}
            {lane.priority !== null && ` · ${t('order.priority', { n: lane.priority })}`}
          </p>
          <p className="lane-lead"><b>{formatNumber(packed)}</b> <span className="label">{t('picking.inLane', { all: formatNumber(lane.bags.length) })}</span></p>
          <p className="lane-statuses">{statuses.map(({ status, n }) => <span key={status} className="tag">{word('status', status)} <b>{n}</b></span>)}</p>
          <ul className="lane-bags">
            {waiting.slice(0, SHOWN).map((bag) => (
              <li key={bag.bag} data-testid="picking-bag" data-bag-id={bag.bag} data-status={bag.status}>
                <Link className="mono nowrap lane-bag" to={`/bags/${encodeURIComponent(bag.bag)}`}>{formatDin(bag.bag.split('-')[0] ?? bag.bag)}</Link>
                <span className="caption ellipsis">{bag.place === null ? t('state.unknown') : placeName(bag.place, places)}</span>
                {bag.waits_en !== null && <span className="lane-waits">{pick(bag.waits_en, bag.waits_zh ?? bag.waits_en)}</span>}
              </li>
            ))}
            {waiting.length > SHOWN && <li className="caption">{t('picking.moreBags', { n: waiting.length - SHOWN })}</li>}
          </ul>
        </>
      )}
    </section>
  );
}
