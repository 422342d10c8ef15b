import type { FloorState, PlantView } from '../api/types';
import { boxOf, way, type Layout } from './geometry';

interface Props {
  plant: PlantView;
  floor: FloorState;
  layout: Layout;
}

const RUNS: ReadonlySet<string> = new Set(['running', 'idle']);

/** Belts and crane ways under the units, drawn from the routes of the plant; a mobile robot drives where it likes. */
export function Belts({ plant, floor, layout }: Props) {
  const kinds = new Map(plant.devices.map((device) => [device.id, device.kind]));
  const running = new Set(floor.devices.filter((device) => RUNS.has(device.state)).map((device) => device.device));
  const drawn = plant.routes.filter((route) => route.from_place !== route.to_place && kinds.get(route.device) !== 'amr');
  return (
    <g>
      {drawn.map((route) => {
        const from = boxOf(layout, route.from_place);
        const to = boxOf(layout, route.to_place);
        if (!from || !to) return null;
        const points = way(from, to).map(({ x, y }) => `${x},${y}`).join(' ');
        const crane = kinds.get(route.device) === 'crane';
        const stands = running.has(route.device) ? '' : ' floor-way-stands';
        return (
          <g key={`${route.from_place} ${route.to_place} ${route.device}`}>
            <polyline points={points} className={`${crane ? 'floor-rail' : 'floor-belt'}${crane ? stands : ''}`} />
            {!crane && <polyline points={points} className={`floor-beltline${stands}`} />}
          </g>
        );
      })}
    </g>
  );
}
