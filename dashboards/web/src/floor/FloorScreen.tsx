import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { queries } from '../api/queries';
import type { FloorState, PlantView } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { useClock } from '../live/LiveContext';
import { useShortcuts } from '../shell/useShortcuts';
import { Loaded } from '../ui/Loaded';
import { FloorPlan } from './FloorPlan';
import { UnitPanel, WaitingList } from './UnitPanel';
import { CarriersPanel } from './CarriersPanel';
import { unitsOf } from './units';
import { VehiclesPanel } from './VehiclesPanel';
import './FloorScreen.css';

/** The warehouse from above: site › area › unit › diagnostics. */
export default function FloorScreen() {
  const plant = useQuery(queries.plant());
  const floor = useQuery(queries.floor());
  return (
    <div className="page floor-page">
      <Loaded query={plant} rows={10}>{(known) => <Loaded query={floor} rows={10}>{(now) => <Floor plant={known} floor={now} />}</Loaded>}</Loaded>
    </div>
  );
}

function Floor({ plant, floor }: { plant: PlantView; floor: FloorState }) {
  const { t, name } = useText();
  const clock = useClock();
  const alarms = useQuery(queries.alarms('open'));
  const [params, setParams] = useSearchParams();
  const units = unitsOf(plant, floor, alarms.data?.items ?? []);
  const selected = units.find(({ place }) => place.path === params.get('unit')) ?? null;
  const select = (path: string | null) => setParams(path === null ? {} : { unit: path }, { replace: true });
  useShortcuts(selected === null ? {} : { close: () => select(null) });
  return (
    <>
      <div className="title-row">
        <nav className="crumb" aria-label={t('floor.where')}>
          {clock && <span className="label">{name(clock.site)}</span>}
          <span className="muted">›</span>
          <h1>{selected ? <button type="button" className="floor-back" onClick={() => select(null)}>{t('floor.title')}</button> : t('floor.title')}</h1>
          {selected && <><span className="muted">›</span><b>{name(selected.place)}</b></>}
        </nav>
        <span className="grow" />
        <span className="label" data-testid="floor-moving">{t('floor.inMotion', { n: formatNumber(floor.moving.length) })}</span>
        <span className="label">{t('floor.tasks', { n: formatNumber(floor.tasks_open), waiting: formatNumber(floor.waiting.length) })}</span>
      </div>
      <div className="floor-wrap">
        <FloorPlan plant={plant} floor={floor} units={units} selected={selected?.place.path ?? null} onSelect={select} />
        <aside className="floor-side">
          {selected ? <UnitPanel unit={selected} floor={floor} /> : <Nothing floor={floor} />}
          <CarriersPanel plant={plant} floor={floor} />
          <VehiclesPanel plant={plant} floor={floor} />
        </aside>
      </div>
    </>
  );
}

function Nothing({ floor }: { floor: FloorState }) {
  const { t } = useText();
  return (
    <section className="floor-panel">
      {floor.waiting.length === 0 ? <p className="muted">{t('floor.nothingWaits')}</p> : <WaitingList waiting={floor.waiting} />}
      <p className="caption">{t('floor.pick')}</p>
    </section>
  );
}
