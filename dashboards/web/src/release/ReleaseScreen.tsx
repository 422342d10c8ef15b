import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { queries } from '../api/queries';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { ScanBags } from '../scan/ScanBags';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { waitingAt } from './gates';
import { ReleaseCard } from './ReleaseCard';
import { ReleaseTable } from './ReleaseTable';
import './ReleaseScreen.css';

const STATES = ['blocked', 'ready', 'all'] as const;

/** What keeps bags in quarantine, gate by gate; and the way past a gate, for two people. */
export default function ReleaseScreen() {
  const { t, word, name } = useText();
  const [params, setParams] = useSearchParams();
  const [state, setState] = useState<(typeof STATES)[number]>('blocked');
  const [component, setComponent] = useState<string | undefined>(undefined);
  const gate = params.get('gate');
  const plant = useQuery(queries.plant());
  const release = useQuery({ ...deskQueries.release({ state, component }), placeholderData: keepPreviousData });
  const items = waitingAt(release.data?.items ?? [], gate);
  const counts = Object.entries(release.data?.counts ?? {}).filter(([, n]) => n > 0);
  const inHand = params.get('bag') ?? items[0]?.bag ?? null;
  const set = (key: 'bag' | 'gate', value: string | null) => {
    const next = new URLSearchParams(params);
    if (value === null) next.delete(key);
    else next.set(key, value);
    setParams(next, { replace: true });
  };
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('release.title')}</h1>
        {release.data && <span className="muted">{t(`release.n.${state}`, { n: formatNumber(release.data.total) })}</span>}
        <span className="grow" />
        <Select allowClear style={{ width: 220 }} aria-label={t('desk.component')} placeholder={t('desk.component')} value={component} onChange={setComponent} options={plant.data?.components.map((one) => ({ value: one.key, label: name(one) }))} />
        <Chips name="release" label={t('desk.state')} value={state} onChange={setState} options={STATES.map((value) => ({ value, label: t(`release.filter.${value}`) }))} />
      </div>
      <Split label={t('desk.inHand')} side={inHand === null ? <p className="muted">{t('release.pick')}</p> : <ReleaseCard key={inHand} bag={inHand} />}>
        <ScanBags onBag={(bag) => set('bag', bag.id)} />
        {counts.length > 0 && (
          <Chips
            name="gate"
            label={t('release.gate')}
            value={gate ?? 'any'}
            onChange={(value) => set('gate', value === 'any' ? null : value)}
            options={[{ value: 'any', label: t('release.anyGate') }, ...counts.map(([value, count]) => ({ value, label: word('gate', value), count }))]}
          />
        )}
        <div className="table-scroll">
          <Loaded query={release} rows={10}>
            {() => (items.length === 0 ? <Empty>{t('release.none')}</Empty> : <ReleaseTable items={items} inHand={inHand} onChoose={(bag) => set('bag', bag)} />)}
          </Loaded>
        </div>
        {release.data && release.data.items.length < release.data.total && <p className="caption">{t('desk.shown', { shown: formatNumber(release.data.items.length), n: formatNumber(release.data.total) })}</p>}
      </Split>
    </div>
  );
}
