import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { HoldCard } from './HoldCard';
import { HoldTable } from './HoldTable';
import { PlaceHold } from './PlaceHold';
import { SCOPES } from './scopes';

/** What is stopped and why: every hold by what it is on, a new one, and letting go again by two people. */
export default function HoldsScreen() {
  const { t, word } = useText();
  const [params, setParams] = useSearchParams();
  const [state, setState] = useState<'open' | 'all'>('open');
  const [scope, setScope] = useState<'any' | (typeof SCOPES)[number]>('any');
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const holds = useQuery({ ...deskQueries.holds({ state, scope: scope === 'any' ? undefined : scope, q }), placeholderData: keepPreviousData });
  const items = holds.data?.items ?? [];
  const placing = params.get('new') !== null;
  const chosen = params.get('id');
  const inHand = placing ? null : (chosen ?? items[0]?.id ?? null);
  const choose = (id: string) => setParams({ id }, { replace: true });
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('holds.title')}</h1>
        {holds.data && <span className="muted">{items.length < holds.data.total ? t('desk.shown', { shown: formatNumber(items.length), n: formatNumber(holds.data.total) }) : t('holds.n', { n: formatNumber(holds.data.total) })}</span>}
        <span className="grow" />
        <Chips name="holds" label={t('desk.state')} value={state} onChange={setState} options={(['open', 'all'] as const).map((value) => ({ value, label: t(`holds.filter.${value}`) }))} />
        <Button type="primary" data-testid="hold-new" onClick={() => setParams({ new: '1' }, { replace: true })}>{t('holds.new')}</Button>
      </div>
      <Split
        label={t('desk.inHand')}
        side={placing ? <PlaceHold onDone={choose} /> : inHand === null ? <p className="muted">{t('holds.pick')}</p> : <HoldCard key={inHand} id={inHand} />}
      >
        <div className="row">
          <Chips name="scope" label={t('holds.scope')} value={scope} onChange={setScope} options={(['any', ...SCOPES] as const).map((value) => ({ value, label: word('holdScope', value) }))} />
          <span className="grow" />
          <Input className="desk-search" allowClear data-testid="holds-search" aria-label={t('desk.search')} placeholder={t('holds.search')} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </div>
        <div className="table-scroll">
          <Loaded query={holds} rows={8}>
            {() => (items.length === 0 ? <Empty>{t('holds.none')}</Empty> : <HoldTable holds={items} inHand={inHand} onChoose={choose} />)}
          </Loaded>
        </div>
      </Split>
    </div>
  );
}
