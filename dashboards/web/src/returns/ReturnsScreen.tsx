import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { isHospital, useSession } from '../session/SessionContext';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { AnnounceReturn } from './AnnounceReturn';
import { ReturnCard } from './ReturnCard';
import { ReturnTable } from './ReturnTable';
import { toDecide } from './state';

/** What hospitals send back: announced by them, taken in by scan or portal, decided by quality bag by bag. */
export default function ReturnsScreen() {
  const { t } = useText();
  const { session } = useSession();
  const [params, setParams] = useSearchParams();
  const [state, setState] = useState<'open' | 'all'>('open');
  const returns = useQuery(queries.returns(state));
  const items = returns.data?.items ?? [];
  const announcing = params.get('new') !== null;
  const inHand = announcing ? null : (items.find(({ id }) => id === params.get('id')) ?? items.find((one) => toDecide(one).length > 0) ?? items[0] ?? null);
  const choose = (id: string) => setParams({ id }, { replace: true });
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('returns.title')}</h1>
        {returns.data && state === 'open' && <span className="muted">{t('returns.open', { n: items.length })}</span>}
        <span className="grow" />
        <Chips name="returns" label={t('desk.state')} value={state} onChange={setState} options={(['open', 'all'] as const).map((value) => ({ value, label: t(`returns.filter.${value}`) }))} />
        <Button type="primary" data-testid="return-new" onClick={() => setParams({ new: '1' }, { replace: true })}>{t('returns.announce')}</Button>
      </div>
      <Split
        label={t('desk.inHand')}
        side={announcing ? <AnnounceReturn onDone={choose} /> : inHand === null ? <p className="muted">{t(isHospital(session) ? 'returns.pickHospital' : 'returns.pick')}</p> : <ReturnCard key={inHand.id} one={inHand} />}
      >
        <div className="table-scroll">
          <Loaded query={returns} rows={6}>
            {() => (items.length === 0 ? <Empty>{t('returns.none')}</Empty> : <ReturnTable returns={items} inHand={inHand?.id ?? null} onChoose={choose} />)}
          </Loaded>
        </div>
      </Split>
    </div>
  );
}
