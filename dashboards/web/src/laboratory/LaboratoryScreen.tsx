import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import type { TestsState } from '../api/types';
import { dinOf } from '../bags/scanText';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { useWedge } from '../scan/useWedge';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { AlgorithmTable } from './AlgorithmTable';
import { DonationCard } from './DonationCard';
import { DonationTable } from './DonationTable';
import { ResultsFile } from './ResultsFile';
import './LaboratoryScreen.css';

const STATES = ['pending', 'repeat', 'ready', 'not_negative', 'all'] as const satisfies readonly (TestsState | 'all')[];

/** Donations by what their results amount to. Results come from the laboratory, by message or by file; nobody types a verdict. */
export default function LaboratoryScreen() {
  const { t, word } = useText();
  const [params, setParams] = useSearchParams();
  const [state, setState] = useState<(typeof STATES)[number]>('pending');
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(dinOf(typed) ?? typed.trim());
  const donations = useQuery({ ...deskQueries.donations(state, q), placeholderData: keepPreviousData });
  const items = donations.data?.items ?? [];
  const view = params.get('view');
  const inHand = view === null ? (params.get('din') ?? items[0]?.din ?? null) : null;
  const choose = (din: string) => setParams({ din }, { replace: true });
  useWedge((text) => {
    const din = dinOf(text);
    if (din !== null) choose(din);
  });
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('lab.title')}</h1>
        {donations.data && <span className="muted">{t('lab.n', { n: formatNumber(donations.data.total) })}</span>}
        <span className="grow" />
        <Button data-testid="lab-algorithm" onClick={() => setParams(view === 'algorithm' ? {} : { view: 'algorithm' })}>{t('lab.algorithm')}</Button>
        <Button type="primary" data-testid="lab-file" onClick={() => setParams({ view: 'file' })}>{t('lab.takeFile')}</Button>
      </div>
      <Split
        label={t('desk.inHand')}
        side={view === 'file' ? <ResultsFile /> : view === 'algorithm' ? <AlgorithmTable /> : inHand === null ? <p className="muted">{t('lab.pick')}</p> : <DonationCard key={inHand} din={inHand} />}
      >
        <div className="row">
          <Chips name="lab" label={t('desk.state')} value={state} onChange={setState} options={STATES.map((value) => ({ value, label: word('testsState', value) }))} />
          <span className="grow" />
          <Input className="desk-search mono" allowClear data-testid="lab-search" aria-label={t('desk.search')} placeholder={t('lab.search')} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </div>
        <div className="table-scroll">
          <Loaded query={donations} rows={10}>
            {() => (items.length === 0 ? <Empty>{t('lab.none')}</Empty> : <DonationTable donations={items} inHand={inHand} onChoose={choose} />)}
          </Loaded>
        </div>
        {donations.data && items.length < donations.data.total && <p className="caption">{t('desk.shown', { shown: formatNumber(items.length), n: formatNumber(donations.data.total) })}</p>}
      </Split>
    </div>
  );
}
