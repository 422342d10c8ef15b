import { useQuery } from '@tanstack/react-query';
import { coldQueries } from '../api/coldQueries';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { StoreCard } from './StoreCard';
import { byUrgency, isAbnormal } from './storeState';
import './cold.css';

/** Every store of the cold chain as it stands now, those that need a look first. */
export default function StoresScreen() {
  const { t } = useText();
  const chain = useQuery(coldQueries.coldChain());
  const stores = chain.data?.stores ?? [];
  const abnormal = stores.filter(isAbnormal).length;
  return (
    <div className="page page-scroll">
      <div className="title-row">
        <h1>{t('stores.title')}</h1>
        {chain.data && <span className="muted">{t('stores.n', { n: formatNumber(stores.length) })}</span>}
        {abnormal > 0 && <b className="warning">◆ {t('stores.abnormal', { n: formatNumber(abnormal) })}</b>}
      </div>
      <p className="caption">{t('stores.rule')}</p>
      <Loaded query={chain} rows={12}>
        {() => stores.length === 0 ? <Empty>{t('stores.none')}</Empty> : <div className="stores">{byUrgency(stores).map((store) => <StoreCard key={store.device} store={store} />)}</div>}
      </Loaded>
    </div>
  );
}
