import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { queries } from '../api/queries';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { useHospitalName } from '../plant/useHospitalName';
import { byHolder, GONE, type HolderGroup } from './grouping';
import type { RecallBag, RecallCounts, RecallPatient, RecallReach } from './types';
import { useHolderName } from './useHolderName';

/** What a recall touches: counts first, then who is hit, then every bag by who has it. */
export function ReachView({ reach }: { reach: RecallReach }) {
  const { t, pick } = useText();
  const list = (ids: readonly string[]) => ids.join(pick(', ', '、'));
  return (
    <>
      <Lead counts={reach.counts} />
      {reach.orders.length > 0 && <p className="warning">▲ {t('recall.orders', { list: list(reach.orders) })}</p>}
      {reach.boxes.length > 0 && <p className="label">{t('recall.boxes', { list: list(reach.boxes) })}</p>}
      {reach.patients.length > 0 && <PatientList patients={reach.patients} />}
      {byHolder(reach.bags).map((group) => <ReachGroup key={group.key} group={group} />)}
    </>
  );
}

/** One big number for the bags, the rest in a row: how far it reaches. */
export function Lead({ counts }: { counts: RecallCounts }) {
  const { t } = useText();
  const parts: [string, number][] = [
    [t('recall.lead.centre'), counts.centre],
    [t('recall.lead.road'), counts.on_the_road],
    [t('recall.lead.hospitals', { n: counts.hospitals }), counts.hospitals],
    [t('recall.lead.patients', { n: counts.patients }), counts.patients],
  ];
  return (
    <div className="recall-lead" data-testid="recall-lead" data-bags={counts.bags}>
      <p className="card-lead"><b>{formatNumber(counts.bags)}</b><span className="label">{t('recall.lead.bags', { n: counts.bags, d: counts.donations })}</span></p>
      <ul className="recall-parts">
        {parts.map(([label, count]) => <li key={label} className={count === 0 ? 'muted' : ''}><b>{formatNumber(count)}</b> {label}</li>)}
      </ul>
    </div>
  );
}

export function PatientList({ patients }: { patients: readonly RecallPatient[] }) {
  const { t, word } = useText();
  const hospital = useHospitalName();
  return (
    <section className="recall-group" data-testid="recall-patients">
      <h3>{t('recall.patients')}</h3>
      <ul className="lines">
        {patients.map((one) => (
          <li key={one.bag} className="lines-row">
            <span><b className="mono">{one.patient ?? <span className="muted">{t('recall.patientUnknown')}</span>}</b> · {one.hospital === null ? t('state.none') : hospital(one.hospital)}</span>
            <span><BagLink bag={one.bag} /> · <span className="label">{word('status', one.status)}</span></span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ReachGroup({ group }: { group: HolderGroup }) {
  const { t } = useText();
  const holder = useHolderName();
  return (
    <section className="recall-group" data-testid="recall-holder" data-holder={group.key}>
      <h3>{holder(group)} <span className="muted">{t('recall.noticeBags', { n: group.bags.length })}</span></h3>
      <table className="list">
        <tbody>{group.bags.map((bag) => <tr key={bag.bag}><BagCells bag={bag} /></tr>)}</tbody>
      </table>
    </section>
  );
}

/** The cells that say what a bag is and why it belongs to the case; more may follow. */
export function BagCells({ bag, children }: { bag: RecallBag; children?: ReactNode }) {
  const text = useText();
  const { t, word, pick } = text;
  const plant = useQuery(queries.plant());
  const place = pick(bag.place_name_en ?? '', bag.place_name_zh ?? '');
  return (
    <>
      <td><BagLink bag={bag.bag} /></td>
      <td>{bag.group === null ? <span className="muted">?</span> : formatGroup(bag.group)} <span title={bag.component}>{componentName(text, plant.data, bag.component)}</span><span className="caption">{word('recallRelation', bag.relation)}</span></td>
      <td>{word('status', bag.status)}<span className="caption">{place === '' && !GONE.includes(bag.status) ? t('state.unknown') : place}{bag.box !== null && ` · ${bag.box}`}</span></td>
      {children}
    </>
  );
}
