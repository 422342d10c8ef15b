import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import { queries } from '../api/queries';
import type { Disposition } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { formatTemperature } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { usePlaceNames } from '../plant/usePlaceNames';
import { placeName } from '../tasks/placeName';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Unconfirmed } from '../ui/Unconfirmed';
import { CaseState } from './CaseState';
import { DecideForm } from './DecideForm';

/** One case: what happened to the bag, what was done at once, the evidence, and the decision. */
export function DispositionCard({ id }: { id: string }) {
  const item = useQuery(coldQueries.disposition(id));
  return <Loaded query={item} rows={10}>{(data) => <CaseInHand item={data} />}</Loaded>;
}

function CaseInHand({ item }: { item: Disposition }) {
  const { t, pick } = useText();
  return (
    <div className="card" data-testid="case" data-case={item.id} data-state={item.state}>
      <div className="card-head">
        <h2>{pick(item.trigger_en, item.trigger_zh)}</h2>
        <CaseState item={item} />
      </div>
      <p>{pick(item.detail_en, item.detail_zh)}</p>
      <CaseFacts item={item} />
      <nav className="case-links" aria-label={t('cases.evidence')}>
        <Link to={`/passport/${encodeURIComponent(item.bag)}`} data-testid="case-passport"><b>{t('cases.evidence')}</b></Link>
        {item.hold !== null && <Link to={`/holds?id=${encodeURIComponent(item.hold)}`}>{t('cases.toHold')}</Link>}
      </nav>
      {item.state === 'open' ? <DecideForm key={`${item.id} ${item.trigger}`} item={item} /> : <Decided item={item} />}
      <OtherCases item={item} />
    </div>
  );
}

function CaseFacts({ item }: { item: Disposition }) {
  const text = useText();
  const { t, word, language } = text;
  const plant = useQuery(queries.plant());
  const places = usePlaceNames();
  return (
    <dl className="facts">
      <dt>{t('desk.bag')}</dt>
      <dd><BagLink bag={item.bag} /> · {word('status', item.status)}</dd>
      <dt>{t('desk.component')}</dt>
      <dd>{componentName(text, plant.data, item.component)} {item.group !== null && <b>{formatGroup(item.group)}</b>}</dd>
      <dt>{t('cases.where')}</dt>
      <dd title={item.at_place}>{placeName(item.at_place, places)}</dd>
      <dt>{t('desk.when')}</dt>
      <dd><Moment at={item.from_at} full /> – {item.to_at === null ? <b className="warning">{t('cases.lasts')}</b> : <Moment at={item.to_at} />}</dd>
      <dt>{t('cases.length')}</dt>
      <dd><b>{formatMinutes(item.minutes, language)}</b></dd>
      {item.worst_c !== null && <><dt>{t('cases.worst')}</dt><dd><b>{formatTemperature(item.worst_c)}</b></dd></>}
      <dt>{t('cases.atOnce')}</dt>
      <dd>{word('caseAutomatic', item.automatic)}{item.state === 'open' && <span className="case-under">{item.hold === null ? <span className="warning">◆ {t('cases.holdGone')}</span> : t('cases.holds')}</span>}</dd>
      <dt>{t('cases.nowAt')}</dt>
      <dd>{item.place === null ? t('state.unknown') : placeName(item.place, places)}</dd>
      <dt>{t('bags.expires')}</dt>
      <dd><Moment at={item.expires_at} full /></dd>
      <dt>{t('cases.rules')}</dt>
      <dd className="caption">{item.source} <Unconfirmed status={item.source_status} /></dd>
    </dl>
  );
}

function Decided({ item }: { item: Disposition }) {
  const { t, word, pick } = useText();
  if (item.state === 'void') return <section><p className="muted">{t('cases.voided')} <Moment at={item.decided_at} full /></p></section>;
  return (
    <section data-testid="case-decided">
      <h3>{item.outcome !== null && word('dispositionOutcome', item.outcome)}</h3>
      <p>{item.comment}</p>
      <dl className="facts">
        <dt>{t('cases.decided')}</dt>
        <dd><Moment at={item.decided_at} full /></dd>
        <dt>{t('cases.by')}</dt>
        <dd>{item.decided_by.join(pick(', ', '、'))}</dd>
      </dl>
    </section>
  );
}

/** What else was asked of the same bag: a second event is judged more strictly than the first. */
function OtherCases({ item }: { item: Disposition }) {
  const { t, pick } = useText();
  const all = useQuery(coldQueries.dispositions('all', item.bag));
  const others = (all.data?.items ?? []).filter(({ id }) => id !== item.id);
  return (
    <section>
      <h3>{t('cases.history')}</h3>
      <Loaded query={all} rows={1}>
        {() => (others.length === 0 ? <p className="muted">{t('cases.alone')}</p> : (
          <ul className="lines">
            {others.map((one) => (
              <li key={one.id}>
                <div className="lines-row"><Link to={`/dispositions?id=${encodeURIComponent(one.id)}&state=all`}>{pick(one.trigger_en, one.trigger_zh)}</Link><CaseState item={one} /></div>
                <p className="caption"><Moment at={one.from_at} full />{one.decided_by.length > 0 && ` · ${one.decided_by.join(pick(', ', '、'))}`}{one.comment !== null && ` · ${one.comment}`}</p>
              </li>
            ))}
          </ul>
        ))}
      </Loaded>
    </section>
  );
}
