import { useText } from '../i18n/text';
import './PriorityMark.css';

interface Props {
  priority: number;
  acknowledged?: boolean;
  size?: 18 | 20 | 22 | 28;
}

function Shape({ priority }: { priority: number }) {
  switch (priority) {
    case 1:
      return <rect className="mark-shape" x="1.5" y="1.5" width="17" height="17" rx="2" />;
    case 2:
      return <path className="mark-shape" d="M10 1 19.4 18.2H.6Z" />;
    case 3:
      return <path className="mark-shape" d="M10 .6 19.4 10 10 19.4 .6 10Z" />;
    default:
      return <circle className="mark-shape" cx="10" cy="10" r="8.6" />;
  }
}

/** Shape and digit: square 1, triangle 2, diamond 3, circle 4. Solid until acknowledged, then an outline. */
export function PriorityMark({ priority, acknowledged = false, size = 18 }: Props) {
  const { t } = useText();
  return (
    <svg
      className={`mark mark-${priority}${acknowledged ? ' mark-acknowledged' : ''}`}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      role="img"
      aria-label={t('priority.label', { n: priority })}
    >
      <Shape priority={priority} />
      <text x="10" y={priority === 2 ? 16 : 14.4} textAnchor="middle">{priority}</text>
    </svg>
  );
}
