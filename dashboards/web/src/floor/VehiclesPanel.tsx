import type { FloorState, PlantView } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { placeName } from '../tasks/placeName';

/** Vans, drones and the boxes that are in use, with where each of them is. */
export function VehiclesPanel({ plant, floor }: { plant: PlantView; floor: FloorState }) {
  const { t, name, word } = useText();
  const places = new Map(plant.places.map((place) => [place.path, name(place)]));
  const states = new Map(floor.vehicles.map((vehicle) => [vehicle.id, vehicle]));
  const used = floor.boxes.filter((box) => box.state !== 'empty');
  return (
    <section className="floor-panel">
      <h3>{t('floor.transport')}</h3>
      <dl className="floor-facts">
        {plant.vehicles.map((vehicle) => [
          <dt key={vehicle.id}>{name(vehicle)}</dt>,
          <dd key={`${vehicle.id} state`}>{word('vehicleState', states.get(vehicle.id)?.state ?? 'unknown')}</dd>,
        ])}
        {used.map((box) => [
          <dt key={box.id}>{box.id.toUpperCase()} · {word('boxState', box.state)}</dt>,
          <dd key={`${box.id} state`}>{box.place === null ? t('state.unknown') : placeName(box.place, places)} · {t('common.bagsN', { n: formatNumber(box.bags) })}</dd>,
        ])}
      </dl>
    </section>
  );
}
