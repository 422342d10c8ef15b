import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import type { Bag } from '../api/types';
import { CrossmatchList } from '../custody/CrossmatchList';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { useSession } from '../session/SessionContext';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';

/** What is in the bag and for whom: typing, what was done to it, its crossmatches at the hospital, and its fate. */
export function BagMakeup({ bag }: { bag: Bag }) {
  const { t, word, pick } = useText();
  const { session } = useSession();
  const shown = bag.custody === 'hospital' && session.roles.includes('quality');
  return (
    <Panel title={t('makeup.title')}>
      <dl className="bag-facts">
        <dt>{t('makeup.attributes')}</dt>
        <dd>{bag.attributes.length === 0 ? <span className="muted">{t('state.none')}</span> : bag.attributes.map((one) => word('attribute', one)).join(pick(', ', '、'))}</dd>
        <dt>{t('makeup.antigens')}</dt>
        <dd className={bag.antigens === null ? 'muted' : 'mono'}>{bag.antigens ?? t('makeup.notTyped')}</dd>
        <dt>HLA / HPA</dt>
        <dd className={bag.hla === null ? 'muted' : 'mono'}>{bag.hla ?? t('makeup.notTyped')}</dd>
        <dt>{t('makeup.intended')}</dt>
        <dd className={bag.intended_for === null ? 'muted' : 'warning'}>{bag.intended_for === null ? t('makeup.anybody') : t('makeup.onePatient')}</dd>
      </dl>
      {shown && <AtHospital bag={bag} />}
    </Panel>
  );
}

/** What the hospital found and told of it. The centre sees no patient. */
function AtHospital({ bag }: { bag: Bag }) {
  const text = useText();
  const { t, name } = text;
  const custody = useQuery(deskQueries.custody({ q: bag.id, status: bag.status }));
  const found = custody.data?.items.find(({ id }) => id === bag.id);
  if (found === undefined) return null;
  return (
    <div className="bag-lines" data-testid="bag-custody">
      <CrossmatchList items={found.crossmatches} />
      {found.fates.length > 0 && (
        <section>
          <h3>{t('custody.told')}</h3>
          <ul className="lines">
            {found.fates.map((fate) => <li key={fate.id} className="lines-row"><b>{name(fate)}</b><Moment at={fate.at} full /></li>)}
          </ul>
        </section>
      )}
    </div>
  );
}

/** What stops the bag beyond itself: recalls that it belongs to, and holds on its whole donation. */
export function BagStops({ bag }: { bag: Bag }) {
  const { t, word, pick } = useText();
  const holds = bag.donation.holds;
  return (
    <Panel title={t('stops.title')} caption={<Link to={`/recalls/new?din=${encodeURIComponent(bag.din)}`}>{t('stops.recallIt')}</Link>}>
      {bag.recalls.length === 0 && holds.length === 0 && <p className="muted">{t('stops.none')}</p>}
      <ul className="lines bag-lines">
        {bag.recalls.map((one) => {
          const free = one.outcome === 'released';
          return (
            <li key={one.case} data-testid="bag-recall" data-free={free}>
              <div className="lines-row">
                <Link to={`/recalls/${encodeURIComponent(one.case)}`}>{t('stops.recall')}{pick(': ', '：')}{pick(one.reason_en, one.reason_zh)}</Link>
                <span className={free ? 'muted' : 'critical'}>{free ? t('recall.free') : `▲ ${t('recall.isFrozen')}`}</span>
              </div>
              <p className="caption"><Moment at={one.opened_at} /> · {word('recallRelation', one.relation)} · {word('recallOutcome', one.outcome ?? 'none')}</p>
            </li>
          );
        })}
        {holds.map((hold) => (
          <li key={hold.id} data-testid="donation-hold">
            <div className="lines-row">
              <Link to={`/holds?id=${encodeURIComponent(hold.id)}`}>{t('stops.donationHold', { din: formatDin(bag.donation.din) })}</Link>
              <span className="warning">▲ {t('common.bagsN', { n: hold.bags })}</span>
            </div>
            <p>{pick(hold.reason, hold.reason_zh)}</p>
            <p className="caption"><Moment at={hold.opened_at} /> · {hold.opened_by}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
