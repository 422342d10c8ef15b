import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Picking, PlantView } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { BoxTable } from './BoxTable';
import { LanePanel } from './LanePanel';
import { QueuePanel } from './QueuePanel';
import './PickingScreen.css';

/** The way out: what gathers in which lane, what lies in which box, and who waits for a lane. */
export default function PickingScreen() {
  const plant = useQuery(queries.plant());
  const picking = useQuery(queries.picking());
  return (
    <div className="page">
      <Loaded query={plant} rows={10}>{(known) => <Loaded query={picking} rows={10}>{(now) => <WayOut plant={known} picking={now} />}</Loaded>}</Loaded>
    </div>
  );
}

function WayOut({ plant, picking }: { plant: PlantView; picking: Picking }) {
  const { t } = useText();
  const taken = picking.lanes.filter(({ shipment }) => shipment !== null);
  const bags = taken.reduce((sum, lane) => sum + lane.bags.length, 0);
  return (
    <>
      <div className="title-row">
        <h1>{t('picking.title')}</h1>
        <span className="muted">{t('picking.summary', { n: formatNumber(bags), lanes: taken.length, all: picking.lanes.length })}</span>
      </div>
      <div className="picking">
        <div className="picking-main">
          <div className="picking-lanes">
            {picking.lanes.map((lane) => <LanePanel key={lane.lane} lane={lane} plant={plant} />)}
          </div>
          <h2>{t('picking.boxes')}</h2>
          <BoxTable boxes={picking.boxes} plant={plant} />
        </div>
        <QueuePanel queue={picking.queue} plant={plant} />
      </div>
    </>
  );
}
