import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import { queries } from '../api/queries';
import type { Gate, ReleaseItem, ReleaseOutcome } from '../api/types';
import { dinOfBag } from '../bags/bagId';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { usePlaceNames } from '../plant/usePlaceNames';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { placeName } from '../tasks/placeName';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { inOrder, keeping } from './gates';
import { OverrideForm } from './OverrideForm';

const SIGN = { failed: '▲', pending: '◷', passed: '✓' } as const;

/** Every gate of one bag with every reason; asking again; and the override. */
export function ReleaseCard({ bag }: { bag: string }) {
  const item = useQuery(deskQueries.releaseOf(bag));
  return <Loaded query={item} rows={10}>{(data) => <BagAtItsGates item={data} />}</Loaded>;
}

function BagAtItsGates({ item }: { item: ReleaseItem }) {
  const text = useText();
  const { t, word } = text;
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  const plant = useQuery(queries.plant());
  const places = usePlaceNames();
  const ask = useMutation({
    mutationFn: () => api.post<ReleaseOutcome>(`/bags/${encodeURIComponent(item.bag)}/release`),
    onSuccess: () => {
      for (const key of ['release', 'bags', 'bag']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const kept = keeping(item.gates);
  const inQuarantine = item.status === 'QUARANTINE';
  return (
    <div className="card" data-testid="release-bag" data-bag-id={item.bag} data-kept={kept.length}>
      <div className="card-head">
        <h2><BagLink bag={item.bag} /></h2>
        <span className="label">{word('status', item.status)}</span>
      </div>
      <p className="card-lead">
        <b data-testid="release-kept">{kept.length}</b>
        <span className="label">{kept.length === 0 ? t('release.allPassed') : t('release.keptBy', { n: kept.length })}</span>
      </p>
      <dl className="facts">
        <dt>{t('desk.component')}</dt>
        <dd>{componentName(text, plant.data, item.component)} {item.group !== null && <b>{formatGroup(item.group)}</b>}</dd>
        <dt>{t('bags.place')}</dt>
        <dd>{item.place === null ? t('state.unknown') : placeName(item.place, places)}</dd>
        <dt>{t('bags.expires')}</dt>
        <dd><Moment at={item.expires_at} full /></dd>
      </dl>
      <ul className="lines gate-list">{inOrder(item.gates).map((gate) => <GateLine key={gate.gate} gate={gate} bag={item.bag} />)}</ul>
      {item.overridden.length > 0 && (
        <section data-testid="overridden">
          <h3>{t('release.overridden')}</h3>
          <ul className="lines">
            {item.overridden.map((one) => (
              <li key={`${one.gate} ${one.at}`}>
                <div className="lines-row"><b className="warning">◆ {word('gate', one.gate)}</b><Moment at={one.at} full /></div>
                <p>{text.pick(one.detail_en, one.detail_zh)}</p>
                <p className="caption">{one.people.join(text.pick(', ', '、'))}: {one.reason}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
      {inQuarantine && (
        <section>
          <div className="row">
            <Button data-testid="release-ask" disabled={forbidden !== null} loading={ask.isPending} onClick={() => ask.mutate()}>{t('release.ask')}</Button>
            <span className="caption">{forbidden === null ? t('release.askNote') : t('state.notNow') + forbidden}</span>
          </div>
          {ask.data && <p role="status">{ask.data.released ? `✓ ${t('release.released')}` : `▲ ${t('release.stillKept', { n: keeping(ask.data.gates).length })}`}</p>}
          <Refusal error={ask.error} />
        </section>
      )}
      {inQuarantine && kept.length > 0 && <OverrideForm key={kept.map(({ gate, state }) => gate + state).join()} item={item} />}
    </div>
  );
}

/** Where to look further: the screen whose business the gate is. */
function placeOf(gate: string, bag: string): string | null {
  if (gate === 'tests' || gate === 'group') return `/laboratory?din=${dinOfBag(bag)}`;
  if (gate === 'hold') return '/holds';
  if (gate === 'recall') return '/recalls';
  return gate === 'donor' ? '/donor-checks' : null;
}

function GateLine({ gate, bag }: { gate: Gate; bag: string }) {
  const { t, word, pick } = useText();
  const to = placeOf(gate.gate, bag);
  return (
    <li data-testid="gate" data-gate={gate.gate} data-state={gate.state}>
      <span aria-hidden className={gate.state === 'failed' ? 'high' : ''}>{SIGN[gate.state]}</span>
      <span className="gate-name">{word('gate', gate.gate)}<span className="visually-hidden">, {word('gateState', gate.state)}</span></span>
      <span>
        {gate.state !== 'passed' && <b>{word('gateState', gate.state)} </b>}{pick(gate.detail_en, gate.detail_zh)}
        {gate.state !== 'passed' && to !== null && <> <Link to={to}>{t('release.look')}</Link></>}
      </span>
      {gate.state === 'failed' && !gate.can_override && <span className="caption gate-never">{t('release.never')}</span>}
    </li>
  );
}
