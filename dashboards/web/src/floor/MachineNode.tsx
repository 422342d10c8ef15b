import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Fill } from './Fill';
import type { Unit } from './units';

/** A machine, lane or room: its name, what it does in its own word, and the bags that stand there. */
export function MachineNode({ unit }: { unit: Unit }) {
  const { t, name, word } = useText();
  if (unit.place.kind === 'belt') return <span className="floor-count">{unit.bags > 0 && formatNumber(unit.bags)}</span>;
  const counted = unit.bags > 0 || unit.room !== null;
  return (
    <>
      <span className="floor-name">{name(unit.place)}</span>
      {unit.machine && <span className="floor-state" data-state={unit.machine.now.state}>{word('machineState', unit.machine.now.state)}</span>}
      {counted ? <Fill bags={unit.bags} room={unit.room} /> : <span className="floor-note">{t('floor.empty')}</span>}
    </>
  );
}
