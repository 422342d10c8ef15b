import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { ConsignmentPanel } from './ConsignmentPanel';
import { ConsignmentTable } from './ConsignmentTable';
import { openQuestions } from './counts';
import { LabelQueue } from './LabelQueue';
import './IntakeScreen.css';

const FILTERS = ['open', 'all'] as const;

/** What the collection team sends, what came of it, and the labels of what goes on. */
export default function IntakeScreen() {
  const { t } = useText();
  const [filter, setFilter] = useState<'open' | 'all'>('open');
  const [params, setParams] = useSearchParams();
  const consignments = useQuery(queries.consignments(filter));
  const items = consignments.data?.items ?? [];
  const chosen = params.get('id');
  const inHand = items.find(({ id }) => id === chosen) ?? items.find((one) => openQuestions(one) > 0) ?? items[0] ?? null;
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('intake.title')}</h1>
        {consignments.data && filter === 'open' && <span className="muted">{t('intake.open', { n: items.length })}</span>}
        <span className="grow" />
        {FILTERS.map((one) => (
          <button key={one} type="button" className="chip" data-testid={`intake-${one}`} aria-pressed={filter === one} onClick={() => setFilter(one)}>{t(`intake.filter.${one}`)}</button>
        ))}
      </div>
      <div className="intake">
        <div className="intake-main">
          <div className="table-scroll intake-list">
            <Loaded query={consignments} rows={6}>
              {() =>
                items.length === 0 ? (
                  <Empty>{t('intake.none')}</Empty>
                ) : (
                  <ConsignmentTable consignments={items} inHand={inHand?.id ?? null} onChoose={(id) => setParams({ id }, { replace: true })} />
                )
              }
            </Loaded>
          </div>
          <LabelQueue />
        </div>
        <aside className="intake-side">
          {inHand === null ? <p className="muted">{t('intake.pick')}</p> : <ConsignmentPanel key={inHand.id} consignment={inHand} />}
        </aside>
      </div>
    </div>
  );
}
