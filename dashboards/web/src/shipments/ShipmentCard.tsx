import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { Shipment } from '../api/types';
import { formatNumber } from '../format/number';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { ShipmentPassports } from '../passport/ShipmentPassports';
import { placeName } from '../tasks/placeName';
import { bandState, scaleOf, toneOf } from '../ui/band';
import { BandGauge } from '../ui/BandGauge';
import { gaugeLabel } from '../ui/bandText';

type ShipmentBox = Shipment['boxes'][number];

/** One shipment: its hospital, how far it is, and each box with its logger's value in the permitted band. */
export function ShipmentCard({ shipment }: { shipment: Shipment }) {
  const { t, word, name, language } = useText();
  const zone = useTimezone();
  const plant = useQuery(queries.plant());
  const places = new Map(plant.data?.places.map((place) => [place.path, name(place)]));
  const hospital = plant.data?.hospitals.find(({ id }) => id === shipment.hospital);
  return (
    <article className="road-card" data-testid="shipment" data-state={shipment.state}>
      <header>
        <b>{hospital ? name(hospital) : shipment.hospital}</b>
        <span className="label">{word('shipmentState', shipment.state)}</span>
        <span className="grow" />
        {shipment.expected_at !== null && <span className="label">{t('road.eta', { time: formatMoment(instant(shipment.expected_at), zone, language) })}</span>}
      </header>
      <p className="caption">
        <Link to={`/orders/${encodeURIComponent(shipment.order)}`}>{t('common.bagsN', { n: shipment.bags.length })}</Link>
        {shipment.lane !== null && ` · ${placeName(shipment.lane, places)}`}
      </p>
      {shipment.boxes.map((box) => <BoxRow key={box.id} box={box} />)}
      <ShipmentPassports bags={shipment.bags} />
    </article>
  );
}

function BoxRow({ box }: { box: ShipmentBox }) {
  const text = useText();
  const { t, word } = text;
  const { temperature } = box;
  if (temperature === null) return <div className="road-box"><span className="mono">{box.id.toUpperCase()}</span><span className="label">{box.state !== null && word('boxState', box.state)}</span></div>;
  const envelope = { min_c: temperature.min_c, max_c: temperature.max_c, alert_min_c: null, alert_max_c: null };
  const fresh = temperature.quality === 'good' || temperature.quality === 'uncertain';
  const state = bandState(temperature.value_c, envelope, fresh);
  const outside = temperature.minutes_outside;
  return (
    <div className="road-box">
      <span className="mono">{box.id.toUpperCase()}</span>
      <span className={box.state === 'refused' ? 'high' : 'label'}>{box.state !== null && word('boxState', box.state)}</span>
      <BandGauge scale={scaleOf(envelope)} low={envelope.min_c} high={envelope.max_c} value={temperature.value_c} tone={toneOf(state, false)} label={gaugeLabel(text, temperature.value_c, envelope, state)} />
      <span className={state === 'stale' || state === 'unknown' ? 'stale' : ''}>{temperature.value_c === null ? t('state.unknown') : `${formatNumber(temperature.value_c, 1)} °C`}</span>
      <span className={outside === null || outside >= 1 ? 'high' : 'muted'}>{outside === null ? t('road.outsideUnknown') : outside >= 1 && `▲ ${t('road.outside', { n: formatNumber(outside) })}`}</span>
    </div>
  );
}
