import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { byNeed } from './certificate';
import { CertificateCard } from './CertificateCard';
import { CertificateTable } from './CertificateTable';

const FILTERS = ['all', 'attention'] as const;

/** What each probe's certificate says and until when; quality and engineers record new ones. */
export default function CalibrationsScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>('all');
  const calibrations = useQuery(coldQueries.calibrations());
  const all = byNeed(calibrations.data?.items ?? []);
  const shown = { all, attention: all.filter(({ state }) => state !== 'valid') };
  const items = shown[filter];
  const inHand = all.find(({ probe }) => probe === params.get('probe')) ?? items[0] ?? null;
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('certs.title')}</h1>
        <span className="grow" />
        <Chips name="certs" label={t('desk.state')} value={filter} onChange={setFilter} options={FILTERS.map((value) => ({ value, label: t(`certs.filter.${value}`), count: shown[value].length }))} />
      </div>
      {calibrations.data && <p className="caption">{t('certs.rule', { n: calibrations.data.due_within_days })}</p>}
      <Split label={t('desk.inHand')} side={inHand === null ? <p className="muted">{t('certs.pick')}</p> : <CertificateCard key={inHand.probe} calibration={inHand} />}>
        <div className="table-scroll">
          <Loaded query={calibrations} rows={12}>
            {() => (items.length === 0 ? <Empty>{t('certs.none')}</Empty> : <CertificateTable items={items} inHand={inHand?.probe ?? null} onChoose={(probe) => setParams({ probe }, { replace: true })} />)}
          </Loaded>
        </div>
      </Split>
    </div>
  );
}
