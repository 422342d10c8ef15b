import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { formatDin } from '../format/blood';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { placeName } from '../tasks/placeName';
import type { SubjectKind } from './acts';
import type { Subject } from './send';

/** What an act can be done for now; null while it is not known yet. */
export function useSubjects(kind: SubjectKind | null): readonly Subject[] | null {
  const { t, word, name, language } = useText();
  const zone = useTimezone();
  const plant = useQuery(queries.plant()).data;
  const is = (...kinds: SubjectKind[]) => kind !== null && kinds.includes(kind);
  const tasks = useQuery({ ...queries.tasks(), enabled: is('task') }).data;
  const returns = useQuery({ ...queries.returns('open'), enabled: is('return') }).data;
  const counts = useQuery({ ...queries.counts('open'), enabled: is('count') }).data;
  const picking = useQuery({ ...queries.picking(), enabled: is('shipment') }).data;
  const trips = useQuery({ ...queries.trips(), enabled: is('trip', 'stop') }).data;
  if (plant === undefined) return null;
  const places = new Map(plant.places.map((place) => [place.path, name(place)]));
  const vehicles = new Map(plant.vehicles.map((vehicle) => [vehicle.id, name(vehicle)]));
  const hospitals = new Map(plant.hospitals.map((hospital) => [hospital.id, name(hospital)]));
  const called = (id: string | null, names: ReadonlyMap<string, string>) => (id === null ? '' : (names.get(id) ?? id));
  const vehicleOf = (id: string) => called(id, vehicles);
  switch (kind) {
    case null:
      return [];
    case 'task':
      return tasks?.items.filter(({ ended_at }) => ended_at === null)
        .map((task) => ({ id: task.id, task, label: t('scan.taskOf', { purpose: word('purpose', task.purpose), bag: formatDin(task.bag.split('-')[0] ?? task.bag) }) })) ?? null;
    case 'return':
      return returns?.items.map(({ id, hospital, bags }) => ({ id, label: t('scan.returnOf', { hospital: called(hospital, hospitals), n: bags.length }) })) ?? null;
    case 'count':
      return counts?.items.filter(({ by }) => by === 'hand').map(({ id, place }) => ({ id, label: placeName(place, places) })) ?? null;
    case 'shipment':
      return picking?.lanes.flatMap(({ shipment, hospital, lane }) => (shipment === null ? [] : [{ id: shipment, label: `${called(hospital, hospitals)}, ${placeName(lane, places)}` }])) ?? null;
    case 'trip':
      return trips?.items.filter(({ state }) => state === 'planned' || state === 'loading')
        .map((trip) => ({ id: trip.id, label: t('scan.tripWith', { vehicle: vehicleOf(trip.vehicle), time: formatMoment(instant(trip.departs_at), zone, language) }) })) ?? null;
    case 'stop':
      return trips?.items.filter(({ departed_at }) => departed_at !== null)
        .flatMap(({ id, vehicle, stops }) => [...new Set(stops.filter((stop) => stop.handed_over_at === null).map((stop) => stop.hospital))]
          .map((hospital) => ({ id, hospital, label: t('scan.stopTo', { hospital: called(hospital, hospitals), vehicle: vehicleOf(vehicle) }) }))) ?? null;
  }
}
