import { useLayoutEffect, useRef, useState } from 'react';
import type { FloorState, PlantView } from '../api/types';
import { useText } from '../i18n/text';
import { Belts } from './Belts';
import { ChamberNode } from './ChamberNode';
import { layoutOf } from './geometry';
import { MachineNode } from './MachineNode';
import { MovingBags } from './MovingBags';
import { isBackground, type Unit } from './units';

interface Props {
  plant: PlantView;
  floor: FloorState;
  units: Unit[];
  selected: string | null;
  onSelect: (path: string) => void;
}

const AWAY: ReadonlySet<string> = new Set(['away', 'unknown']);

/** The plan, drawn from the plant document: units are buttons in reading order, belts and bags lie beneath them. */
export function FloorPlan({ plant, floor, units, selected, onSelect }: Props) {
  const { t, name } = useText();
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1184);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const layout = layoutOf(plant.places, width);
  return (
    <div className="floor-plan" ref={frame} role="group" aria-label={t('floor.plan')} data-testid="floor-plan">
      <div className="floor-sheet" style={{ height: layout.height }}>
        {units.filter(({ place }) => isBackground(place, plant.places)).map((unit) => (
          <div key={unit.place.path} className="floor-room" style={layout.boxes.get(unit.place.path)}><span>{name(unit.place)}</span></div>
        ))}
        <svg className="floor-ways" width={layout.width} height={layout.height} aria-hidden>
          <Belts plant={plant} floor={floor} layout={layout} />
          <MovingBags moving={floor.moving} layout={layout} />
        </svg>
        {units.filter(({ place }) => !isBackground(place, plant.places)).map((unit) => (
          <button
            key={unit.place.path}
            type="button"
            className={classes(unit)}
            style={layout.boxes.get(unit.place.path)}
            aria-label={`${name(unit.place)}, ${t('common.bagsN', { n: unit.bags })}`}
            title={name(unit.place)}
            aria-pressed={unit.place.path === selected}
            data-testid={`floor-${unit.place.path}`}
            data-bags={unit.bags}
            onClick={() => onSelect(unit.place.path)}
          >
            {unit.chamber ? <ChamberNode unit={unit} chamber={unit.chamber} /> : <MachineNode unit={unit} />}
          </button>
        ))}
      </div>
    </div>
  );
}

function classes(unit: Unit): string {
  const lost = unit.chamber ? unit.chamber.quality === 'stale' || unit.chamber.quality === 'bad' : unit.machine !== null && AWAY.has(unit.machine.now.state);
  return [
    'floor-node',
    `floor-kind-${unit.chamber ? 'chamber' : unit.place.kind}`,
    unit.alarm?.priority === 1 && 'floor-critical',
    unit.alarm?.priority === 2 && 'floor-high',
    unit.alarm?.priority === 3 && 'floor-warning',
    lost && 'floor-lost',
  ].filter(Boolean).join(' ');
}
