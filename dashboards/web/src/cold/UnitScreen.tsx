import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import type { ColdStore } from '../api/types';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { RANGES } from './ranges';
import { StoreCard } from './StoreCard';
import { UnitTrend } from './UnitTrend';
import './cold.css';

/** One store: how it stands now, what its probes measured, and what happened to it meanwhile. */
export default function UnitScreen() {
  const { t, name } = useText();
  const { device } = useParams();
  const [params, setParams] = useSearchParams();
  const range = RANGES.find((one) => one === params.get('range')) ?? '24h';
  const chain = useQuery(coldQueries.coldChain());
  return (
    <div className="page">
      <Loaded query={chain} rows={12}>
        {({ stores }) => {
          const store = stores.find((one) => one.device === device);
          if (store === undefined) return <Empty action={<Link to="/cold-chain">{t('stores.title')}</Link>}>{t('unit.unknown')}</Empty>;
          return (
            <>
              <div className="title-row">
                <h1 className="crumb"><Link to="/cold-chain">{t('stores.title')}</Link> › {name(store)}</h1>
                <span className="grow" />
                <Chips name="range" label={t('unit.range')} value={range} onChange={(next) => setParams({ range: next }, { replace: true })} options={RANGES.map((value) => ({ value, label: t(`unit.range.${value}`) }))} />
              </div>
              <Split label={name(store)} side={<><StoreCard store={store} /><UnitLinks store={store} /></>}>
                <div className="unit-main">
                  {store.probes.length === 0 ? <Empty>{t('stores.noProbe')}</Empty> : <UnitTrend key={store.device} store={store} range={range} />}
                </div>
              </Split>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function UnitLinks({ store }: { store: ColdStore }) {
  const { t } = useText();
  const probe = encodeURIComponent(store.probes[0]?.id ?? '');
  return (
    <nav className="unit-links" aria-label={t('stores.open')}>
      <Link to="/alarms">{t('unit.toAlarms')}</Link>
      <Link to={`/completeness?probe=${probe}`}>{t('unit.toCompleteness')}</Link>
      <Link to={`/calibrations?probe=${probe}`}>{t('unit.toCertificates')}</Link>
      <Link to="/limits">{t('unit.toLimits')}</Link>
      <Link to={`/bags?place=${encodeURIComponent(store.place)}`}>{t('unit.toBags')}</Link>
    </nav>
  );
}
