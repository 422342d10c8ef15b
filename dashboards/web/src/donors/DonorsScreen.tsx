import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { useText } from '../i18n/text';
import { useSession } from '../session/SessionContext';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { DonorQuestion } from './DonorQuestion';
import { HeldCard } from './HeldCard';
import { HeldTable } from './HeldTable';
import { InformationForm } from './InformationForm';
import { ListsCard } from './ListsCard';

const TOOLS = ['held', 'lists', 'ask', 'information'] as const;

/** Donations that a donor check keeps, and where the check knows it from. For quality's eyes; everybody else is told so. */
export default function DonorsScreen() {
  const { t, word } = useText();
  const { session } = useSession();
  if (!session.roles.includes('quality')) {
    return (
      <div className="page">
        <div className="title-row"><h1>{t('donors.title')}</h1></div>
        <div className="table-scroll"><Empty>{t('donors.qualityOnly', { role: word('role', 'quality') })}</Empty></div>
      </div>
    );
  }
  return <DonorChecks />;
}

function DonorChecks() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const [state, setState] = useState<'open' | 'all'>('open');
  const held = useQuery(deskQueries.heldDonations(state));
  const items = held.data?.items ?? [];
  const tool = TOOLS.find((one) => one === params.get('tool')) ?? 'held';
  const inHand = items.find(({ din }) => din === params.get('din')) ?? items[0] ?? null;
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('donors.title')}</h1>
        {held.data && state === 'open' && <span className="muted">{t('donors.open', { n: items.length })}</span>}
        <span className="grow" />
        <Chips name="donors" label={t('desk.state')} value={state} onChange={setState} options={(['open', 'all'] as const).map((value) => ({ value, label: t(`donors.filter.${value}`) }))} />
      </div>
      <Split
        label={t('desk.inHand')}
        side={
          <div className="card">
            <Chips name="tool" label={t('desk.inHand')} value={tool} onChange={(next) => setParams({ tool: next }, { replace: true })} options={TOOLS.map((value) => ({ value, label: t(`donors.tool.${value}`) }))} />
            {tool === 'held' && (inHand === null ? <p className="muted">{t('donors.pick')}</p> : <HeldCard key={inHand.din} held={inHand} />)}
            {tool === 'lists' && <ListsCard />}
            {tool === 'ask' && <DonorQuestion />}
            {tool === 'information' && <InformationForm />}
          </div>
        }
      >
        <div className="table-scroll">
          <Loaded query={held} rows={8}>
            {() => (items.length === 0 ? <Empty>{t('donors.none')}</Empty> : <HeldTable held={items} inHand={tool === 'held' ? (inHand?.din ?? null) : null} onChoose={(din) => setParams({ din }, { replace: true })} />)}
          </Loaded>
        </div>
      </Split>
    </div>
  );
}
