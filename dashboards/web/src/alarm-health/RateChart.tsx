import type { AlarmHealth } from '../api/types';
import { formatNumber } from '../format/number';
import { formatFull, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { barsOf } from './rates';

const BARS = 144;
const WIDTH = 1000;
const HEIGHT = 120;
/** More than this in ten minutes is a flood (EEMUA 191). */
const FLOOD = 10;

/** Alarms in ten minutes over the period; bars of a flood have colour and a mark. */
export function RateChart({ health }: { health: AlarmHealth }) {
  const { t, language } = useText();
  const zone = useTimezone();
  const from = instant(health.from_at);
  const to = instant(health.to_at);
  const bars = barsOf(health.periods_10min, from, to, BARS);
  const top = Math.max(FLOOD + 2, ...bars.map((bar) => bar.most));
  const y = (n: number) => HEIGHT - (n / top) * HEIGHT;
  const step = WIDTH / BARS;
  return (
    <figure className="rate-chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={t('alarmHealth.rateLabel')}>
        {bars.map((bar, index) => bar.most > 0 && <rect key={bar.fromMs} className={bar.most > FLOOD ? 'flood' : ''} x={index * step} width={step * 0.8} y={y(bar.most)} height={HEIGHT - y(bar.most)}><title>{`${formatFull(bar.fromMs, zone, language)}: ${formatNumber(bar.most)}`}</title></rect>)}
        <line className="one" x1={0} x2={WIDTH} y1={y(1)} y2={y(1)} />
        <line className="ten" x1={0} x2={WIDTH} y1={y(FLOOD)} y2={y(FLOOD)} />
      </svg>
      <figcaption className="rate-axis caption"><span>{formatFull(from, zone, language)}</span><span>{t('alarmHealth.rateLabel')}</span><span>{formatFull(to, zone, language)}</span></figcaption>
    </figure>
  );
}
