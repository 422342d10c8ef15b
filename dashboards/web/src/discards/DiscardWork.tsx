import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { queries } from '../api/queries';
import type { BagStatus, BagSummary } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { bagPlace } from '../bags/bagPlace';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { withBag, type ReadBag } from '../scan/pairs';
import { ScanBags } from '../scan/ScanBags';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Split } from '../ui/Split';
import { DiscardForm } from './DiscardForm';

/** What usually waits to be destroyed. */
const WAITING = ['NONCONFORMING', 'QUARANTINE', 'RETURNED_PENDING'] as const satisfies readonly BagStatus[];
const SHOWN = 100;

/** Bags are scanned or chosen from what lies apart; beside them the act with its cause and two signatures. */
export function DiscardWork() {
  const { t, word } = useText();
  const [list, setList] = useState<readonly ReadBag[]>([]);
  const [status, setStatus] = useState<(typeof WAITING)[number]>('NONCONFORMING');
  const waiting = useQuery(queries.bags({ status, limit: SHOWN }));
  const chosen = new Set(list.map(({ id }) => id));
  const add = (bag: ReadBag) => setList((old) => withBag(old, bag));
  return (
    <Split label={t('desk.inHand')} side={<DiscardForm list={list} onRemove={(id) => setList((old) => old.filter((bag) => bag.id !== id))} onClear={() => setList([])} />}>
      <ScanBags onBag={add} />
      <div className="row">
        <h2>{t('discards.candidates')}</h2>
        <span className="grow" />
        <Chips name="waiting" label={t('desk.state')} value={status} onChange={setStatus} options={WAITING.map((value) => ({ value, label: word('status', value) }))} />
      </div>
      <div className="table-scroll">
        <Loaded query={waiting} rows={8}>
          {(data) => (data.items.length === 0 ? <Empty>{t('discards.noCandidates')}</Empty> : <CandidateTable bags={data.items} chosen={chosen} onAdd={add} />)}
        </Loaded>
      </div>
      {waiting.data && waiting.data.items.length < waiting.data.total && <p className="caption">{t('desk.shown', { shown: waiting.data.items.length, n: waiting.data.total })}</p>}
    </Split>
  );
}

interface CandidateProps {
  bags: readonly BagSummary[];
  chosen: ReadonlySet<string>;
  onAdd: (bag: ReadBag) => void;
}

function CandidateTable({ bags, chosen, onAdd }: CandidateProps) {
  const text = useText();
  const { t } = text;
  const plant = useQuery(queries.plant());
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('desk.bag')}</th>
          <th>{t('desk.group')}</th>
          <th>{t('desk.component')}</th>
          <th>{t('bags.place')}</th>
          <th>{t('bags.expires')}</th>
          <th className="number">{t('bags.holds')}</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {bags.map((bag) => (
          <tr key={bag.id} data-testid="discard-candidate" data-bag-id={bag.id}>
            <td><BagLink bag={bag.id} /></td>
            <td>{bag.group === null ? <span className="muted">?</span> : <b>{formatGroup(bag.group)}</b>}</td>
            <td>{componentName(text, plant.data, bag.component)}</td>
            <td className="label">{bagPlace(text, bag)}</td>
            <td><Moment at={bag.expires_at} full /></td>
            <td className="number">{bag.holds > 0 ? <b className="warning">▲ {bag.holds}</b> : <span className="muted">{t('state.none')}</span>}</td>
            <td className="number">
              <Button size="small" data-testid="discard-add" disabled={chosen.has(bag.id)} onClick={() => onAdd({ id: bag.id, din_scan: bag.din, product_scan: bag.product })}>{chosen.has(bag.id) ? t('discards.onList') : t('discards.add')}</Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
