import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import { dinOfBag } from '../bags/bagId';
import { formatDin } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { DispositionCard } from './DispositionCard';
import { DispositionTable } from './DispositionTable';
import './dispositions.css';

const STATES = ['open', 'decided', 'all'] as const;

/** What temperature records ask people to decide: the cases that wait, the one in hand, and what was decided before. */
export default function DispositionsScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const chosen = params.get('id');
  const bag = params.get('bag') ?? undefined;
  const state = STATES.find((one) => one === params.get('state')) ?? (bag === undefined ? 'open' : 'all');
  const cases = useQuery({ ...coldQueries.dispositions(state, bag), placeholderData: keepPreviousData });
  const items = cases.data?.items ?? [];
  const open = cases.data?.open ?? 0;
  const inHand = chosen ?? items[0]?.id ?? null;
  const set = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(params);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) next.delete(key);
      else next.set(key, value);
    }
    setParams(next, { replace: true });
  };
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('cases.title')}</h1>
        {cases.data && (open > 0 ? <b className="warning" data-testid="cases-open" data-open={open}>◆ {t('cases.open', { n: formatNumber(open) })}</b> : <span className="muted" data-testid="cases-open" data-open={0}>{t('cases.noneOpen')}</span>)}
        <span className="grow" />
        {bag !== undefined && <button type="button" className="chip" onClick={() => set({ bag: null, id: null })}>{t('cases.ofBag', { bag: formatDin(dinOfBag(bag)) })} × <span className="visually-hidden">{t('cases.allBags')}</span></button>}
        <Chips name="cases" label={t('desk.state')} value={state} onChange={(next) => set({ state: next, id: null })} options={STATES.map((value) => ({ value, label: t(`cases.filter.${value}`) }))} />
      </div>
      <p className="caption">{t('cases.rule')}</p>
      <Split label={t('desk.inHand')} side={inHand === null ? <p className="muted">{t('cases.pick')}</p> : <DispositionCard key={inHand} id={inHand} />}>
        <div className="table-scroll">
          <Loaded query={cases} rows={10}>
            {() => (items.length === 0 ? <Empty>{t('cases.none')}</Empty> : <DispositionTable items={items} inHand={inHand} onChoose={(id) => set({ id })} />)}
          </Loaded>
        </div>
      </Split>
    </div>
  );
}
