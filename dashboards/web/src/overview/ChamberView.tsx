import { Link } from 'react-router';
import type { Chamber } from '../api/types';
import { formatNumber } from '../format/number';
import { formatAge, formatLeft, instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { TREND_MS } from '../live/patch';
import { bandState, scaleOf, toneOf } from '../ui/band';
import { BandGauge } from '../ui/BandGauge';
import { bandWord, gaugeLabel, limitsText } from '../ui/bandText';
import { Sparkline } from '../ui/Sparkline';
import { DoorState } from './DoorState';

/** One chamber: value, two hours of trend over its place in the band, what is left, its door and its bags. */
export function ChamberView({ chamber, critical }: { chamber: Chamber; critical: boolean }) {
  const text = useText();
  const { t, name, language } = text;
  const now = useDomainNow(MINUTE_MS) ?? (chamber.at === null ? 0 : instant(chamber.at));
  const { envelope, value_c: value, minutes_to_limit: left } = chamber;
  const fresh = chamber.quality === 'good' || chamber.quality === 'uncertain';
  const state = bandState(value, envelope, fresh);
  const tone = toneOf(state, critical);
  const scale = scaleOf(envelope);
  const old = state === 'stale' || state === 'unknown';
  return (
    <article className={`chamber chamber-${tone}`} data-testid={`chamber-${chamber.device}`} data-quality={chamber.quality} aria-label={name(chamber)}>
      <div className="chamber-name">
        <span className="ellipsis">{name(chamber)}</span>
        <DoorState open={chamber.door_open} />
      </div>
      <div className="chamber-now">
        <b data-testid={`chamber-${chamber.device}-value`} data-value={value ?? ''}>
          {value === null ? t('state.none') : formatNumber(value, 1)}
          <small>°C</small>
        </b>
        <div className="chamber-trace">
          <Sparkline
            points={chamber.trend}
            fromMs={now - TREND_MS}
            toMs={now + MINUTE_MS}
            scale={scale}
            low={envelope.min_c}
            high={envelope.max_c}
            tone={tone}
          />
          <BandGauge
            scale={scale}
            low={envelope.min_c}
            high={envelope.max_c}
            alertLow={envelope.alert_min_c}
            alertHigh={envelope.alert_max_c}
            value={value}
            tone={tone}
            label={gaugeLabel(text, value, envelope, state)}
          />
        </div>
      </div>
      <div className="chamber-foot">
        <span className={tone === 'normal' ? 'ellipsis' : 'chamber-word ellipsis'}>
          {(state === 'high' || state === 'alert_high') && '▲ '}
          {(state === 'low' || state === 'alert_low') && '▼ '}
          {old && chamber.at !== null ? t('cold.old', { age: formatAge(now - instant(chamber.at), language) }) : bandWord(text, state)}
          {tone === 'normal' && text.pick(', ', '，') + limitsText(text, envelope)}
          {left !== null && !old && tone !== 'normal' && ` · ${t('common.minutesToLimit', { left: formatLeft(left * MINUTE_MS, language) })}`}
        </span>
        <Link to={`/bags?place=${encodeURIComponent(chamber.place)}`}>{t('common.bagsN', { n: formatNumber(chamber.bags) })}</Link>
      </div>
    </article>
  );
}
