import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { DutyCard } from './DutyCard';
import { DutyTable } from './DutyTable';
import { RecordView } from './RecordView';

const VIEWS = ['open', 'record'] as const;

/** What people owe the cold chain today, and what they did: readings, tests of alarms, the signed day. */
export default function DutiesScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'open';
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('duties.title')}</h1>
        <span className="grow" />
        <Chips name="duties" label={t('duties.title')} value={view} onChange={(next) => setParams({ view: next })} options={VIEWS.map((value) => ({ value, label: t(`duties.view.${value}`) }))} />
      </div>
      {view === 'open' ? <ToDo chosen={params.get('duty')} onChoose={(duty) => setParams({ duty }, { replace: true })} /> : <RecordView />}
    </div>
  );
}

function ToDo({ chosen, onChoose }: { chosen: string | null; onChoose: (duty: string) => void }) {
  const { t } = useText();
  const duties = useQuery(coldQueries.duties());
  return (
    <Loaded query={duties} rows={10}>
      {({ items, times }) => {
        const inHand = items.find(({ id }) => id === chosen) ?? items.find(({ state }) => state !== 'waiting' && state !== 'done') ?? null;
        return (
          <>
            <p className="caption">{t('duties.rule', { hours: formatNumber(times.readings_apart_h), days: times.alarm_test_every_days })}</p>
            <Split label={t('desk.inHand')} side={<div className="card">{inHand === null ? <p className="muted">{t('duties.pick')}</p> : <DutyCard key={inHand.id} duty={inHand} times={times} />}</div>}>
              <div className="table-scroll">{items.length === 0 ? <Empty>{t('duties.none')}</Empty> : <DutyTable items={items} inHand={inHand?.id ?? null} onChoose={onChoose} />}</div>
            </Split>
          </>
        );
      }}
    </Loaded>
  );
}
