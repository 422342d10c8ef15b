import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { queries } from '../api/queries';
import type { DonationTests } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatDin, formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { useSession } from '../session/SessionContext';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { faultText } from './faults';
import { RunResults } from './RunResults';
import { useTestNames } from './useTests';
import { openPoints, runsOf } from './values';
import { VerdictMark } from './VerdictMark';

/** One donation: the verdict and why, every raw result by run, and the bags that wait for it. */
export function DonationCard({ din }: { din: string }) {
  const donation = useQuery(deskQueries.donation(din));
  return <Loaded query={donation} rows={8}>{(data) => <Donation donation={data} />}</Loaded>;
}

function Donation({ donation }: { donation: DonationTests }) {
  const text = useText();
  const { t, word } = text;
  const { session } = useSession();
  const plant = useQuery(queries.plant());
  const named = useTestNames();
  const seesResults = session.roles.some((role) => role === 'quality' || role === 'laboratory');
  const runs = runsOf(donation.results);
  return (
    <div className="card" data-testid="donation" data-din={donation.din} data-state={donation.state}>
      <div className="card-head">
        <h2 className="mono">{formatDin(donation.din)} [{donation.check_character}]</h2>
        <VerdictMark donation={donation} />
      </div>
      <p className="card-lead"><b>{openPoints(donation)}</b><span className="label">{t('lab.points', { n: openPoints(donation) })}</span></p>
      <dl className="facts">
        <dt>{t('lab.collected')}</dt>
        <dd><Moment at={donation.collected_at} full /></dd>
        <dt>{t('desk.group')}</dt>
        <dd>{donation.group === null ? t('bag.groupUnknown') : formatGroup(donation.group)}</dd>
      </dl>
      {donation.faults.length > 0 && <ul className="lines" data-testid="lab-faults">{donation.faults.map((fault) => <li key={fault} className="high">▲ {faultText(text, fault, named)}</li>)}</ul>}
      {donation.repeat.length > 0 && <p className="warning">◆ {t('lab.toRepeat')} <Tests keys={donation.repeat} /></p>}
      {donation.missing.length > 0 && <p>{t('lab.isMissing')} <Tests keys={donation.missing} /></p>}
      <section>
        <h3>{t('lab.results')}</h3>
        {!seesResults && <p className="muted">{t('lab.noResultsForYou')}</p>}
        {seesResults && runs.length === 0 && <p className="muted">{t('lab.noResults')}</p>}
        {runs.map((run) => <RunResults key={run.run} run={run} />)}
      </section>
      <section>
        <h3>{t('holds.bags')}</h3>
        <ul className="lines">
          {donation.bags.map((bag) => (
            <li key={bag.bag} className="lines-row">
              <span><BagLink bag={bag.bag} /> <span className="caption">{componentName(text, plant.data, bag.component)}</span></span>
              <span className="label">{word('status', bag.status)} {bag.status === 'QUARANTINE' && <Link to={`/release?bag=${encodeURIComponent(bag.bag)}`}>{t('lab.gates')}</Link>}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Tests({ keys }: { keys: readonly string[] }) {
  const named = useTestNames();
  return <span className="lab-points">{keys.map((key) => <span key={key} className="tag">{named(key)}</span>)}</span>;
}
