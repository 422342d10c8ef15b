import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';

/** How full a place is: a bar when its room is known, and always the number. */
export function Fill({ bags, room }: { bags: number; room: number | null }) {
  const { t } = useText();
  return (
    <span className="floor-fill">
      {room !== null && <i><u style={{ width: `${Math.min(100, (bags / room) * 100)}%` }} /></i>}
      <span>{room === null ? t('common.bagsN', { n: formatNumber(bags) }) : `${formatNumber(bags)} / ${formatNumber(room)}`}</span>
    </span>
  );
}
