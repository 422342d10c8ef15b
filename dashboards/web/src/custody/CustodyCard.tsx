import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { deskQueries } from '../api/deskQueries';
import { queries } from '../api/queries';
import type { CustodyDetail } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { Chips } from '../ui/Chips';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { CrossmatchForm } from './CrossmatchForm';
import { CrossmatchList } from './CrossmatchList';
import { FateForm } from './FateForm';
import { forWhom } from './forWhom';
import { IssueForm } from './IssueForm';
import { PatientChooser } from './PatientChooser';
import { Permitted } from './Permitted';

const ACTS = ['crossmatch', 'issue', 'fate'] as const;
type CustodyAct = (typeof ACTS)[number];

/** One bag in the hospital's hands: for whom, what is permitted now and why not, and the three acts of its end. */
export function CustodyCard({ id }: { id: string }) {
  const [patient, setPatient] = useState<string | null>(null);
  const bag = useQuery({ ...deskQueries.custodyBag(id, patient), placeholderData: (old) => old });
  return <Loaded query={bag} rows={8}>{(data) => <BagInHand key={data.status} bag={data} patient={patient} onPatient={setPatient} />}</Loaded>;
}

function BagInHand({ bag, patient, onPatient }: { bag: CustodyDetail; patient: string | null; onPatient: (patient: string | null) => void }) {
  const text = useText();
  const { t, word } = text;
  const plant = useQuery(queries.plant());
  const out = bag.status === 'ISSUED' || bag.status === 'PRESUMED_TRANSFUSED';
  const [act, setAct] = useState<CustodyAct>(out ? 'fate' : 'crossmatch');
  const chosen = patient ?? forWhom(bag);
  return (
    <div className="card" data-testid="custody-bag" data-bag-id={bag.id} data-status={bag.status}>
      <div className="card-head">
        <h2><BagLink bag={bag.id} /></h2>
        <span className="label">{word('status', bag.status)}</span>
      </div>
      <p className="card-lead"><b>{bag.group === null ? '?' : formatGroup(bag.group)}</b><span className="label">{componentName(text, plant.data, bag.component)} · {t('common.ml', { n: formatNumber(bag.volume_ml) })}</span></p>
      <dl className="facts">
        <dt>{t('bags.expires')}</dt>
        <dd><Moment at={bag.expires_at} full /></dd>
        {bag.attributes.length > 0 && <><dt>{t('custody.attributes')}</dt><dd>{bag.attributes.map((one) => word('attribute', one)).join(text.pick(', ', '、'))}</dd></>}
        {bag.antigens !== null && <><dt>{t('custody.antigens')}</dt><dd className="mono">{bag.antigens}</dd></>}
        {bag.hla !== null && <><dt>HLA / HPA</dt><dd className="mono">{bag.hla}</dd></>}
        {bag.issue !== null && (
          <>
            <dt>{t('custody.issuedTo')}</dt>
            <dd>{bag.issue.patient} · {bag.issue.to} · <Moment at={bag.issue.at} full /></dd>
            {bag.issue.ended_at === null && <><dt>{t('custody.fateDue')}</dt><dd className={bag.issue.presumed_at === null ? '' : 'high'}>{bag.issue.presumed_at !== null && '▲ '}<Moment at={bag.issue.fate_due_at} full /></dd></>}
          </>
        )}
        {(text.language === 'zh' ? bag.holds_zh : bag.holds).map((hold) => <HoldLine key={hold} reason={hold} />)}
      </dl>
      <section>
        <h3>{t('custody.permitted')}</h3>
        <PatientChooser value={patient} onChange={onPatient} />
        <Permitted actions={bag.actions} patient={bag.patient} />
      </section>
      <section>
        <Chips name="custody-act" label={t('bag.actions')} value={act} onChange={setAct} options={ACTS.map((value) => ({ value, label: t(`custody.act.${value}`) }))} />
        {act === 'crossmatch' && <CrossmatchForm bag={bag.id} patient={chosen} />}
        {act === 'issue' && <IssueForm bag={bag} patient={chosen} />}
        {act === 'fate' && <FateForm bag={bag} />}
      </section>
      <CrossmatchList items={bag.crossmatches} />
      {bag.fates.length > 0 && (
        <section>
          <h3>{t('custody.told')}</h3>
          <ul className="lines">
            {bag.fates.map((fate) => (
              <li key={fate.id} data-testid="told-fate">
                <div className="lines-row"><b>{text.name(fate)}</b><Moment at={fate.at} /></div>
                <p className="caption">{[fate.patient, fate.administrator, fate.verifier, fate.comment].filter((one) => one !== null && one !== '').join(' · ')}</p>
                {fate.finding !== '' && <p className="warning">▲ {word('fateStanding', fate.standing)} <span className="caption">{text.pick(fate.finding, fate.finding_zh)}</span></p>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function HoldLine({ reason }: { reason: string }) {
  const { t } = useText();
  return <><dt>{t('bags.holds')}</dt><dd className="warning">▲ {reason}</dd></>;
}
