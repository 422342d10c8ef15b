import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { Bag } from '../api/types';
import { formatTemperature } from '../format/number';
import { formatNear, formatShelfLife, instant } from '../format/time';
import { holdReason } from '../holds/holdReason';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { bandState, scaleOf, toneOf } from '../ui/band';
import { BandGauge } from '../ui/BandGauge';
import { gaugeLabel } from '../ui/bandText';
import { bagPlace } from './bagPlace';

/** What the bag is now: its state, where it lies, how cold, how long it will keep, and what stands in its way. */
export function BagState({ bag }: { bag: Bag }) {
  const text = useText();
  const { t, word, name, pick, language } = text;
  const zone = useTimezone();
  const now = useDomainNow(60_000) ?? instant(bag.place_since);
  const plant = useQuery(queries.plant());
  const hospital = plant.data?.hospitals.find((candidate) => candidate.id === bag.hospital);
  const left = instant(bag.expires_at) - now;
  const why = pick(bag.why_en ?? '', bag.why_zh ?? '');
  return (
    <section className="panel" aria-label={word('status', bag.status)}>
      <div className="panel-head">
        <span className="bag-status" data-testid="bag-status" data-status={bag.status}>{word('status', bag.status)}</span>
        <span className="row">
          {bag.hold_list.length > 0 && <span className="tag warning">▲ {t('bags.holds')} {bag.hold_list.length}</span>}
          {bag.recalls.some(({ outcome }) => outcome !== 'released') && <span className="tag critical">▲ {t('stops.recalled')}</span>}
          {bag.excursions.length > 0 && <span className="tag high">▲ {t('bag.excursionsN', { n: bag.excursions.length })}</span>}
        </span>
      </div>
      {(bag.order !== null || why !== '') && (
        <p className="label">
          {bag.order !== null && <Link to={`/orders/${encodeURIComponent(bag.order)}`}>{t('bag.order')} {bag.order}</Link>}
          {bag.order !== null && why !== '' && ' · '}
          {why}
        </p>
      )}
      <dl className="bag-facts">
        <dt>{t('bag.nowAt')}</dt>
        <dd title={bag.place ?? undefined}>{bagPlace(text, bag)} <span className="muted">{t('bag.since', { time: formatNear(instant(bag.place_since), now, zone, language) })}</span></dd>
        <dt>{t('bag.temperature')}</dt>
        <BagTemperatureNow bag={bag} />
        <dt>{t('bag.shelfLife')}</dt>
        <dd className={left > 0 ? '' : 'critical'}><b>{left > 0 ? formatShelfLife(left, language) : t('bag.expired')}</b></dd>
        <dt>{t('bag.tests')}</dt>
        <dd className={bag.tests === 'not_negative' ? 'critical' : ''}>{word('tests', bag.tests)}</dd>
        <dt>{t('bag.custody')}</dt>
        <dd>{hospital ? name(hospital) : word('custody', bag.custody)}</dd>
        <dt>{t('bag.donation')}</dt>
        <dd>{word('donation', bag.donation_type)}</dd>
        {bag.hold_list.map((hold) => (
          <div key={hold.id} style={{ display: 'contents' }}>
            <dt>{t('bag.holds')}</dt>
            <dd className="warning">{t('bag.holdBy', { reason: holdReason(text, hold), who: hold.opened_by, time: formatNear(instant(hold.opened_at), now, zone, language) })}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function BagTemperatureNow({ bag }: { bag: Bag }) {
  const text = useText();
  const reading = bag.temperature;
  if (!reading) return <dd className="muted">{text.t('bag.noTemperature')}</dd>;
  const { value_c: value, envelope, quality } = reading;
  const fresh = quality === 'good' || quality === 'uncertain';
  const state = envelope === null ? null : bandState(value, envelope, fresh);
  const tone = state === null ? 'normal' : toneOf(state, false);
  return (
    <dd className="bag-gauge">
      {envelope !== null && state !== null && (
        <BandGauge
          scale={scaleOf(envelope)}
          low={envelope.min_c}
          high={envelope.max_c}
          alertLow={envelope.alert_min_c}
          alertHigh={envelope.alert_max_c}
          value={value}
          tone={tone}
          label={gaugeLabel(text, value, envelope, state)}
        />
      )}
      <b className={tone}>{value === null ? text.t('state.unknown') : formatTemperature(value)}</b>
    </dd>
  );
}
