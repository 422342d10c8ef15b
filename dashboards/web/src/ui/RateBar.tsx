import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import './RateBar.css';

/** A share as a bar on one scale with its siblings; null when there was nothing to take a share of. */
export function RateBar({ rate, most }: { rate: number | null; most: number }) {
  const { t, pick } = useText();
  if (rate === null) return <span className="muted">{t('state.none')}</span>;
  const width = most > 0 ? Math.min(100, (rate / most) * 100) : 0;
  return (
    <span className="rate">
      <i aria-hidden><u style={{ width: `${width}%` }} /></i>
      <b>{formatNumber(rate * 100, 2)}{pick('\u00a0', '')}%</b>
    </span>
  );
}
