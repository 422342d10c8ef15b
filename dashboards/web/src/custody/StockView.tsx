import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import type { BagStatus } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { ScanBags } from '../scan/ScanBags';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { CustodyCard } from './CustodyCard';
import { CustodyTable } from './CustodyTable';

const STATUSES = ['todo', 'RECEIVED', 'ISSUED', 'PRESUMED_TRANSFUSED', 'TRANSFUSED'] as const satisfies readonly (BagStatus | 'todo')[];

/** Every bag of the hospital, the first to expire on top; beside it the bag in hand. A scan takes a bag in hand. */
export function StockView() {
  const { t, word } = useText();
  const [params, setParams] = useSearchParams();
  const [status, setStatus] = useState<(typeof STATUSES)[number]>('todo');
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const bags = useQuery({ ...deskQueries.custody({ status: status === 'todo' ? undefined : status, q }), placeholderData: keepPreviousData });
  const items = bags.data?.items ?? [];
  const inHand = params.get('bag') ?? items[0]?.id ?? null;
  const choose = (bag: string) => setParams({ bag }, { replace: true });
  return (
    <Split label={t('desk.inHand')} side={inHand === null ? <p className="muted">{t('custody.pick')}</p> : <CustodyCard key={inHand} id={inHand} />}>
      <ScanBags onBag={(bag) => choose(bag.id)} />
      <div className="row">
        <Chips name="custody-status" label={t('desk.state')} value={status} onChange={setStatus} options={STATUSES.map((value) => ({ value, label: value === 'todo' ? t('custody.todo') : word('status', value) }))} />
        <span className="grow" />
        <Input className="desk-search" allowClear data-testid="custody-search" aria-label={t('desk.search')} placeholder={t('custody.search')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </div>
      <div className="table-scroll">
        <Loaded query={bags} rows={8}>
          {() => (items.length === 0 ? <Empty>{t('custody.none')}</Empty> : <CustodyTable bags={items} inHand={inHand} onChoose={choose} />)}
        </Loaded>
      </div>
      {bags.data && <p className="caption">{t('desk.shown', { shown: formatNumber(items.length), n: formatNumber(bags.data.total) })}</p>}
    </Split>
  );
}
