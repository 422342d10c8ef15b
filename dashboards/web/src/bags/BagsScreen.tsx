import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useSearchParams } from 'react-router';
import { queries, type BagFilter } from '../api/queries';
import type { BagStatus } from '../api/types';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { BagTable } from './BagTable';
import { ScanBox } from './ScanBox';
import { GROUPS, STATUSES } from './vocabulary';
import './BagsScreen.css';

const LIMIT = 200;
const FILTERS = ['q', 'status', 'component', 'group', 'place'] as const;

/** Every bag, narrowed by the address of the page, so that a list can be sent to a colleague. */
export default function BagsScreen() {
  const { t, word, name } = useText();
  const [params, setParams] = useSearchParams();
  const filter: BagFilter = { limit: LIMIT };
  for (const key of FILTERS) filter[key] = params.get(key) ?? '';
  const bags = useQuery({ ...queries.bags(filter), placeholderData: keepPreviousData });
  const plant = useQuery(queries.plant());
  const set = (key: (typeof FILTERS)[number], value: string | undefined) => {
    const next = new URLSearchParams(params);
    if (value) next.set(key, value);
    else next.delete(key);
    next.delete('scan');
    setParams(next);
  };
  const shown = bags.data?.items.length ?? 0;
  const total = bags.data?.total ?? 0;
  const narrowed = FILTERS.some((key) => filter[key] !== '');
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('bags.title')}</h1>
        {bags.data && (
          <span className="muted">
            {shown < total ? t('bags.shown', { shown: formatNumber(shown), n: formatNumber(total) }) : t('bags.total', { n: formatNumber(total) })}
          </span>
        )}
        <span className="grow" />
        <ScanBox />
      </div>
      <div className="bags-filters">
        <Select<BagStatus>
          aria-label={t('bags.status')}
          placeholder={t('bags.status')}
          allowClear
          value={STATUSES.find((status) => status === filter.status)}
          onChange={(value: BagStatus | undefined) => set('status', value)}
          options={STATUSES.map((status) => ({ value: status, label: word('status', status) }))}
        />
        <Select
          aria-label={t('bags.component')}
          placeholder={t('bags.component')}
          allowClear
          value={filter.component === '' ? undefined : filter.component}
          onChange={(value: string | undefined) => set('component', value)}
          options={plant.data?.components.map((component) => ({ value: component.key, label: name(component) }))}
        />
        <Select
          aria-label={t('bags.group')}
          placeholder={t('bags.group')}
          allowClear
          value={filter.group === '' ? undefined : filter.group}
          onChange={(value: string | undefined) => set('group', value)}
          options={GROUPS.map((group) => ({ value: group, label: formatGroup(group) }))}
        />
        <Select
          className="bags-place"
          aria-label={t('bags.place')}
          placeholder={t('bags.place')}
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          value={filter.place === '' ? undefined : filter.place}
          onChange={(value: string | undefined) => set('place', value)}
          options={plant.data?.places.map((place) => ({ value: place.path, label: name(place) }))}
        />
        {filter.q !== '' && <button type="button" className="chip" aria-pressed onClick={() => set('q', undefined)}>{filter.q} ✕</button>}
        {narrowed && <Button type="text" onClick={() => setParams({})}>{t('bags.reset')}</Button>}
      </div>
      <div className="table-scroll">
        <Loaded query={bags} rows={12}>
          {(data) => (data.items.length === 0 ? <Empty>{t('bags.none')}</Empty> : <BagTable bags={data.items} />)}
        </Loaded>
      </div>
    </div>
  );
}
