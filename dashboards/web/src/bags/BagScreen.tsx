import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link, useParams } from 'react-router';
import { queries } from '../api/queries';
import type { Bag } from '../api/types';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { BagActions } from './BagActions';
import { BagExposure } from './BagExposure';
import { BagFamily } from './BagFamily';
import { BagLabel } from './BagLabel';
import { BagLedger } from './BagLedger';
import { BagMakeup, BagStops } from './BagMakeup';
import { BagState } from './BagState';
import { ScanBox } from './ScanBox';
import '../ui/Split.css';
import './BagScreen.css';

const BagHistory = lazy(() => import('./BagHistory'));

/** The passport of one bag: what it is, where it stands, what may be done, and how cold it has been. */
export default function BagScreen() {
  const { t } = useText();
  const { id = '' } = useParams();
  const bag = useQuery(queries.bag(id));
  return (
    <div className="page page-scroll">
      <div className="title-row">
        <nav className="crumb">
          <Link to="/bags">{t('bag.crumb')}</Link>
          <span className="muted">›</span>
          <b className="mono bag-crumb">{formatDin(bag.data?.din ?? id)}</b>
        </nav>
        <nav className="bag-links" aria-label={t('passport.title')}>
          <Link to={`/passport/${encodeURIComponent(id)}`} data-testid="bag-passport">{t('passport.title')}</Link>
          <Link to={`/dispositions?bag=${encodeURIComponent(id)}`} data-testid="bag-cases">{t('cases.title')}</Link>
        </nav>
        <span className="grow" />
        <ScanBox />
      </div>
      <Loaded query={bag} rows={10}>{(data) => <BagPassport bag={data} />}</Loaded>
    </div>
  );
}

function BagPassport({ bag }: { bag: Bag }) {
  return (
    <>
      <div className="bag-top">
        <BagLabel bag={bag} />
        <BagState bag={bag} />
        <BagActions bag={bag} />
      </div>
      <Suspense fallback={<div className="panel bag-history" />}>
        <BagHistory bag={bag} />
      </Suspense>
      <div className="bag-middle">
        <BagExposure bag={bag} />
        <BagMakeup bag={bag} />
        <BagStops bag={bag} />
      </div>
      <div className="bag-bottom">
        <BagFamily bag={bag} />
        <BagLedger entries={bag.ledger} />
      </div>
    </>
  );
}
