import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { queries } from '../api/queries';
import type { BagSummary } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { bagPlace } from '../bags/bagPlace';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { usePlaceNames } from '../plant/usePlaceNames';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { holdReason, isOfRecord } from './holdReason';
import { HoldSubject } from './HoldSubject';
import { LiftForm } from './LiftForm';

/** One hold: what it keeps, who said so, the bags it stops, and how it is lifted. */
export function HoldCard({ id }: { id: string }) {
  const text = useText();
  const { t, word } = text;
  const places = usePlaceNames();
  const hold = useQuery(deskQueries.hold(id));
  return (
    <Loaded query={hold} rows={6}>
      {(data) => (
        <div className="card" data-testid="hold" data-hold={data.id} data-open={data.lifted_at === null}>
          <div className="card-head">
            <h2><HoldSubject hold={data} places={places} /></h2>
            <span className="label">{word('holdScope', data.scope)}</span>
          </div>
          <p className="card-lead"><b data-testid="hold-bags">{formatNumber(data.bags)}</b><span className="label">{t('holds.kept', { n: data.bags })}</span></p>
          <p>{holdReason(text, data)}</p>
          {data.scope === 'bag' && isOfRecord(data) && <p className="label"><Link to={`/dispositions?bag=${encodeURIComponent(data.subject)}`} data-testid="hold-case">{t('cases.ofHold')}</Link></p>}
          <dl className="facts">
            <dt>{t('holds.opened')}</dt>
            <dd><Moment at={data.opened_at} full /> · {data.opened_by}</dd>
            {data.lifted_at !== null && (
              <>
                <dt>{t('holds.isLifted')}</dt>
                <dd><Moment at={data.lifted_at} full /> · {data.lifted_by}<br />{data.lift_reason}</dd>
              </>
            )}
          </dl>
          {data.origin !== null && <p className="caption">{t('holds.carried')} <Link to={`/holds?id=${encodeURIComponent(data.origin)}`}>{t('holds.toOrigin')}</Link></p>}
          {data.lifted_at === null && <LiftForm hold={data} />}
          <section>
            <h3>{t('holds.bagList')}</h3>
            {data.bag_list.length === 0 && <p className="muted">{t('holds.noBags')}</p>}
            <ul className="lines">{data.bag_list.map((bag) => <HeldBag key={bag.id} bag={bag} />)}</ul>
            {data.bag_list.length < data.bags && <p className="caption">{t('desk.shown', { shown: data.bag_list.length, n: data.bags })}</p>}
          </section>
        </div>
      )}
    </Loaded>
  );
}

function HeldBag({ bag }: { bag: BagSummary }) {
  const text = useText();
  const plant = useQuery(queries.plant());
  return (
    <li data-testid="held-bag">
      <div className="lines-row"><BagLink bag={bag.id} /><span className="label">{text.word('status', bag.status)}</span></div>
      <p className="caption">{bag.group !== null && formatGroup(bag.group)} {componentName(text, plant.data, bag.component)} · {bagPlace(text, bag)}</p>
    </li>
  );
}
