import type { FloorState } from '../api/types';
import { instant } from '../format/time';
import { useDomainNow } from '../live/LiveContext';
import { along, boxOf, way, type Layout } from './geometry';

const DRAWN = 60;
const STEP_MS = 250;
const WIDE = 8;
const HIGH = 12;

/** Bags between two places, where they should be by the usual time of their way; at most 60, the bar counts all. */
export function MovingBags({ moving, layout }: { moving: FloorState['moving']; layout: Layout }) {
  const now = useDomainNow(STEP_MS);
  if (now === null) return null;
  return (
    <g>
      {moving.slice(0, DRAWN).map((move, index) => {
        const from = boxOf(layout, move.from_place);
        const to = boxOf(layout, move.to_place);
        if (!from || !to) return null;
        const share = (now - instant(move.started_at)) / (Math.max(1, move.seconds) * 1000);
        const { x, y } = along(way(from, to), share);
        const beside = ((index % 5) - 2) * (WIDE + 1);
        return <rect key={move.task} className="floor-bag" x={x - WIDE / 2 + beside} y={y - HIGH / 2} width={WIDE} height={HIGH} rx={2} />;
      })}
    </g>
  );
}
