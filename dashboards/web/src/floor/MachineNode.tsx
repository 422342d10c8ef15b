import { useText } from '../i18n/text';
import { Fill } from './Fill';
import type { Unit } from './units';

/** A machine, lane or room: its name, what it does in its own word, and the bags that stand there. */
export function MachineNode({ unit }: { unit: Unit }) {
  const { t, name, word } = useText();
  const machine = unit.devices[0] ?? null;
  const bags = unit.bags > 0 || unit.room !== null;
  return (
    <>
      <span className="floor-name">{name(unit.place)}</span>
      {machine && (
        <span className="floor-state" data-state={machine.now?.state ?? 'unknown'}>
          {word('machineState', machine.now?.state ?? 'unknown')}
        </span>
      )}
      {bags ? <Fill bags={unit.bags} room={unit.room} /> : <span className="floor-note">{t('floor.empty')}</span>}
    </>
  );
}
