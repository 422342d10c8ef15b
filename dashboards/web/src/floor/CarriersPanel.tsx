import type { FloorState, PlantView } from '../api/types';
import { useText } from '../i18n/text';
import { placeName } from '../tasks/placeName';
import { carriersOf } from './units';

/** Cranes, belts and robots: what each does, and where it is. */
export function CarriersPanel({ plant, floor }: { plant: PlantView; floor: FloorState }) {
  const { t, name, word } = useText();
  const places = new Map(plant.places.map((place) => [place.path, name(place)]));
  return (
    <section className="floor-panel">
      <h3>{t('floor.carriers')}</h3>
      <dl className="floor-facts">
        {carriersOf(plant, floor).map((machine) => [
          <dt key={machine.id}>{name(machine)}</dt>,
          <dd key={`${machine.id} state`} data-state={machine.now.state}>
            {word('machineState', machine.now.state)}
            {machine.now.place !== null && ` · ${placeName(machine.now.place, places)}`}
          </dd>,
        ])}
      </dl>
    </section>
  );
}
