import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { NewRequest } from './NewRequest';
import { RequestCard } from './RequestCard';
import { RequestTable } from './RequestTable';

const KINDS = ['any', 'platelet', 'rare'] as const;

/** Requests, the longest waiting first; an unmet one stays open and is tried again at each new donation. */
export function RequestsView() {
  const { t, word } = useText();
  const [params, setParams] = useSearchParams();
  const [kind, setKind] = useState<(typeof KINDS)[number]>('any');
  const [state, setState] = useState<'open' | 'all'>('open');
  const requests = useQuery(deskQueries.requests(kind === 'any' ? undefined : kind, state));
  const items = requests.data?.items ?? [];
  const view = params.get('view');
  const opening = params.get('new') !== null;
  const inHand = opening ? null : (items.find(({ id }) => id === params.get('id')) ?? items[0] ?? null);
  const show = (more: Record<string, string>) => setParams({ ...(view === null ? {} : { view }), ...more }, { replace: true });
  return (
    <Split
      label={t('desk.inHand')}
      side={opening ? <NewRequest onDone={(id) => show({ id })} /> : inHand === null ? <p className="muted">{t('registry.pick')}</p> : <RequestCard key={inHand.id} request={inHand} />}
    >
      <div className="row">
        <Chips name="request-kind" label={t('registry.kind')} value={kind} onChange={setKind} options={KINDS.map((value) => ({ value, label: word('requestKind', value) }))} />
        <span className="grow" />
        <Chips name="requests" label={t('desk.state')} value={state} onChange={setState} options={(['open', 'all'] as const).map((value) => ({ value, label: t(`registry.filter.${value}`) }))} />
        <Button type="primary" data-testid="request-new" onClick={() => show({ new: '1' })}>{t('registry.new')}</Button>
      </div>
      <div className="table-scroll">
        <Loaded query={requests} rows={6}>
          {() => (items.length === 0 ? <Empty>{t('registry.none')}</Empty> : <RequestTable requests={items} inHand={inHand?.id ?? null} onChoose={(id) => show({ id })} />)}
        </Loaded>
      </div>
    </Split>
  );
}
