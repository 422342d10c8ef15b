import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import type { Passport } from '../api/types';
import { dinOfBag } from '../bags/bagId';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { isHospital, useSession } from '../session/SessionContext';
import { Chips } from '../ui/Chips';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { AgitationPanel } from './AgitationPanel';
import { DecisionTable } from './DecisionTable';
import { ExcursionTable } from './ExcursionTable';
import { FiguresPanel } from './FiguresPanel';
import { GapTable } from './GapTable';
import { LimitTable } from './LimitTable';
import { SealPanel } from './SealPanel';
import { StayTable } from './StayTable';
import { VerdictPanel } from './VerdictPanel';
import './passport.css';

const PassportChart = lazy(() => import('./PassportChart'));
const VERSIONS = ['now', 'sealed'] as const;

/** A bag's own temperature record: where it was, what was measured, what nobody knows, what follows, and its seal. */
export default function PassportScreen() {
  const { t, language } = useText();
  const { session } = useSession();
  const { bag = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const version = VERSIONS.find((one) => one === params.get('version')) ?? 'now';
  const passport = useQuery(coldQueries.passport(bag, version));
  const print = `/api/v1/bags/${encodeURIComponent(bag)}/passport.pdf?lang=${language}&version=${version}`;
  return (
    <div className="page page-scroll">
      <div className="title-row">
        <nav className="crumb">
          {isHospital(session) ? <Link to="/custody">{t('nav.custody')}</Link> : <Link to={`/bags/${encodeURIComponent(bag)}`} data-testid="passport-bag">{t('bag.crumb')}</Link>}
          <span className="muted">›</span>
          <b className="mono passport-din">{formatDin(dinOfBag(bag))}</b>
        </nav>
        <h1>{t('passport.title')}</h1>
        {passport.data && <span className="muted">{t('passport.computed')} <Moment at={passport.data.computed_at} full /></span>}
        <span className="grow" />
        {(version === 'sealed' || passport.data?.sealed) && (
          <Chips name="passport" label={t('passport.version')} value={version} onChange={(next) => setParams({ version: next }, { replace: true })} options={VERSIONS.map((value) => ({ value, label: t(`passport.version.${value}`) }))} />
        )}
        <a className="passport-print" href={print} target="_blank" rel="noreferrer" data-testid="passport-pdf">{t('passport.print')}</a>
      </div>
      <Loaded query={passport} rows={12}>{(data) => <Record passport={data} version={version} />}</Loaded>
    </div>
  );
}

function Record({ passport, version }: { passport: Passport; version: 'now' | 'sealed' }) {
  return (
    <>
      <div className="passport-top">
        <VerdictPanel passport={passport} />
        <FiguresPanel passport={passport} />
        <SealPanel passport={passport} version={version} />
      </div>
      <Suspense fallback={<div className="panel passport-chart-panel" />}><PassportChart passport={passport} /></Suspense>
      <LimitTable passport={passport} />
      <StayTable passport={passport} />
      <ExcursionTable passport={passport} />
      <div className="passport-pair">
        <GapTable passport={passport} />
        {passport.agitation !== null && <AgitationPanel agitation={passport.agitation} stays={passport.stays} />}
      </div>
      <DecisionTable passport={passport} />
    </>
  );
}
