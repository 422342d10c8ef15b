import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { Trip } from '../api/types';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';

const ABNORMAL: ReadonlySet<string> = new Set(['stuck', 'turned_back']);

/** One trip: its vehicle and why this one, its stops with what is handed over there, and its manual twins. */
export function TripCard({ trip }: { trip: Trip }) {
  const { t, word, pick, name, language } = useText();
  const zone = useTimezone();
  const client = useQueryClient();
  const plant = useQuery(queries.plant());
  const refused = useWriteRefusal(MAY_WORK_BY_HAND);
  const act = useMutation({
    mutationFn: ({ what, body }: { what: string; body: Record<string, unknown> }) => api.post(`/trips/${encodeURIComponent(trip.id)}/${what}`, body),
    onSuccess: () => client.invalidateQueries(),
  });
  const vehicle = plant.data?.vehicles.find(({ id }) => id === trip.vehicle);
  const hospitals = new Map(plant.data?.hospitals.map((hospital) => [hospital.id, name(hospital)]));
  const at = (moment: string) => formatMoment(instant(moment), zone, language);
  const waits = trip.state === 'planned' || trip.state === 'loading';
  return (
    <article className="road-card" data-testid="trip" data-state={trip.state}>
      <header>
        <b>{vehicle ? name(vehicle) : trip.vehicle}</b>
        <span className={ABNORMAL.has(trip.state) ? 'high' : 'label'}>{word('tripState', trip.state)}</span>
        <span className="grow" />
        <span className="label">{trip.departed_at === null ? t('road.leaves', { time: at(trip.departs_at) }) : t('road.left', { time: at(trip.departed_at) })}</span>
      </header>
      <p className="caption">{pick(trip.why_en, trip.why_zh)}</p>
      {trip.detail !== '' && <p className="high">{trip.detail}</p>}
      <ol>
        {trip.stops.map((stop) => (
          <li key={stop.shipment}>
            <span>{hospitals.get(stop.hospital) ?? stop.hospital}</span>
            <span className="mono">{stop.boxes.map((box) => box.toUpperCase()).join(' ')}</span>
            <span className="label">
              {stop.handed_over_at !== null ? t('road.handed', { time: at(stop.handed_over_at) }) : stop.arrived_at !== null ? t('road.there', { time: at(stop.arrived_at) }) : t('road.eta', { time: at(stop.eta) })}
            </span>
          </li>
        ))}
      </ol>
      <details>
        <summary>{t('road.byHand')}</summary>
        <div className="road-acts">
          {waits && trip.stops.flatMap((stop) => stop.boxes).map((box) => (
            <Button key={box} size="small" disabled={refused !== null} title={refused ?? undefined} onClick={() => act.mutate({ what: 'load', body: { box } })}>{t('road.load')} {box.toUpperCase()}</Button>
          ))}
          {waits && <Button size="small" disabled={refused !== null} title={refused ?? undefined} onClick={() => act.mutate({ what: 'depart', body: {} })}>{t('road.depart')}</Button>}
          {!waits && trip.stops.filter((stop) => stop.handed_over_at === null).flatMap((stop) => stop.boxes.map((box) => (
            <Button key={box} size="small" disabled={refused !== null} title={refused ?? undefined} onClick={() => act.mutate({ what: 'hand-over', body: { hospital: stop.hospital, box } })}>{t('road.hand')} {box.toUpperCase()}</Button>
          )))}
        </div>
        {act.error && <Refusal error={act.error} />}
      </details>
    </article>
  );
}
