import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { BatchPanel } from './BatchPanel';
import { BatchTable } from './BatchTable';
import { MachineStrip } from './MachineStrip';
import { NewOrder } from './NewOrder';
import { PreparationTable } from './PreparationTable';
import './PreparationScreen.css';

const FILTERS = [
  ['open', undefined],
  ['done', 'done'],
  ['cancelled', 'cancelled'],
] as const;

/** What the robots and the freezer are asked to make, what they have, and what was measured of each unit. */
export default function PreparationScreen() {
  const { t } = useText();
  const [state, setState] = useState<'done' | 'cancelled' | undefined>(undefined);
  const [ordering, setOrdering] = useState(false);
  const [params, setParams] = useSearchParams();
  const plant = useQuery(queries.plant());
  const recipes = useQuery(queries.recipes());
  const orders = useQuery(queries.preparations(state));
  const batches = useQuery(queries.batches());
  const chosen = params.get('batch');
  const known = batches.data?.items ?? [];
  const listed = known.find(({ id }) => id === chosen) ?? known.find(({ units }) => units.length > 0) ?? known[0];
  const asked = useQuery({ ...queries.batch(chosen ?? ''), enabled: chosen !== null && listed?.id !== chosen });
  const inHand = chosen !== null && listed?.id !== chosen ? asked.data : listed;
  const choose = (batch: string) => {
    setOrdering(false);
    setParams({ batch }, { replace: true });
  };
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('prep.title')}</h1>
        {orders.data && state === undefined && <span className="muted">{t('prep.open', { n: orders.data.items.length })}</span>}
        <span className="grow" />
        {FILTERS.map(([name, value]) => (
          <button key={name} type="button" className="chip" aria-pressed={state === value} onClick={() => setState(value)}>{t(`prep.filter.${name}`)}</button>
        ))}
        <Button type="primary" data-testid="preparation-new" onClick={() => setOrdering(true)}>{t('prep.new')}</Button>
      </div>
      {plant.data && <MachineStrip plant={plant.data} batches={known} onChoose={choose} />}
      <div className="prep">
        <div className="prep-main">
          <div className="table-scroll">
            <Loaded query={orders} rows={5}>
              {(data) => (data.items.length === 0 ? <Empty>{t('prep.none')}</Empty> : <PreparationTable orders={data.items} />)}
            </Loaded>
          </div>
          <h2>{t('prep.batches')}</h2>
          <div className="table-scroll">
            <Loaded query={batches} rows={5}>
              {() => (known.length === 0 ? <Empty>{t('prep.noBatches')}</Empty> : <BatchTable batches={known} plant={plant.data} inHand={inHand?.id ?? null} onChoose={choose} />)}
            </Loaded>
          </div>
        </div>
        <aside className="prep-side">
          {ordering && plant.data && recipes.data ? (
            <NewOrder recipes={recipes.data.items} plant={plant.data} onDone={() => setOrdering(false)} />
          ) : inHand ? (
            <BatchPanel key={inHand.id} batch={inHand} plant={plant.data} recipes={recipes.data?.items ?? []} />
          ) : (
            <p className="muted">{t('prep.pick')}</p>
          )}
        </aside>
      </div>
    </div>
  );
}
