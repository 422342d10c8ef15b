import { formatLeft } from '../format/time';
import { useText } from '../i18n/text';
import { lanePercent } from './clockwork';
import './OrderLane.css';

interface Props {
  hospital: string;
  /** Domain milliseconds from now to the due time; negative when it has passed. */
  aheadMs: number;
  /** Share of the bags not done yet, 0 to 1. */
  open: number;
}

/** From now to the right: the due time as a tick, what is still to do as a bar before it, the overrun filled. */
export function OrderLane({ hospital, aheadMs, open }: Props) {
  const { t, language } = useText();
  const late = aheadMs < 0;
  const due = lanePercent(aheadMs);
  const label = late
    ? t('orders.laneLate', { hospital, late: formatLeft(-aheadMs, language) })
    : t('orders.laneLabel', { hospital, left: formatLeft(aheadMs, language) });
  return (
    <div className="lane" role="img" aria-label={label}>
      {[25, 50, 75].map((hour) => <i key={hour} className="lane-hour" style={{ left: `${hour}%` }} />)}
      {!late && <i className="lane-work" style={{ width: `${due * open}%` }} />}
      {late && <i className="lane-over" style={{ width: `${Math.max(1, lanePercent(-aheadMs))}%` }} />}
      <i className="lane-due" style={{ left: `${due}%` }} />
    </div>
  );
}
