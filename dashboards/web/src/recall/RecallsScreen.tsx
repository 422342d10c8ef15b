import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { recallQueries, type RecallFilter } from './queries';
import { RecallTable } from './RecallTable';
import '../ui/Split.css';
import './recall.css';

const FILTERS: readonly RecallFilter[] = ['open', 'closed', 'all'];

/** Every recall: what it is about, how far it reaches, and what is still missing before it can be closed. */
export default function RecallsScreen() {
  const { t, word } = useText();
  const navigate = useNavigate();
  const [state, setState] = useState<RecallFilter>('open');
  const refused = useWriteRefusal(MAY_DECIDE);
  const cases = useQuery(recallQueries.list(state));
  const items = cases.data?.items ?? [];
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('recall.title')}</h1>
        {cases.data && <span className="muted">{t('recall.n', { n: items.length })}</span>}
        <span className="grow" />
        <Chips name="recalls" label={t('desk.state')} value={state} onChange={setState} options={FILTERS.map((value) => ({ value, label: word('recall.filter', value) }))} />
        <Button type="primary" data-testid="recall-new" disabled={refused !== null} title={refused ?? undefined} onClick={() => void navigate('/recalls/new')}>{t('recall.new')}</Button>
      </div>
      <div className="table-scroll">
        <Loaded query={cases} rows={6}>{() => (items.length === 0 ? <Empty>{t('recall.none')}</Empty> : <RecallTable cases={items} />)}</Loaded>
      </div>
    </div>
  );
}
