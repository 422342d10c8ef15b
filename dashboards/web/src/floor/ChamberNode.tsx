import { formatNumber } from '../format/number';
import { formatAge, formatLeft, instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { bandState, scaleOf, toneOf } from '../ui/band';
import { BandGauge } from '../ui/BandGauge';
import { bandWord, gaugeLabel, limitsText } from '../ui/bandText';
import { Fill } from './Fill';
import type { Chamber, Unit } from './units';

/** A store: its value in the permitted band, what is left, its door, and how full it is. */
export function ChamberNode({ unit, chamber }: { unit: Unit; chamber: Chamber }) {
  const text = useText();
  const { t, name, language } = text;
  const now = useDomainNow(MINUTE_MS) ?? 0;
  const { envelope, value_c: value, minutes_to_limit: left } = chamber;
  const fresh = chamber.quality === 'good' || chamber.quality === 'uncertain';
  const state = bandState(value, envelope, fresh);
  const tone = toneOf(state, unit.alarm?.priority === 1);
  const old = state === 'stale' || state === 'unknown';
  const word =
    left !== null && !old && tone !== 'normal'
      ? t('common.minutesToLimit', { left: formatLeft(left * MINUTE_MS, language) })
      : old && chamber.at !== null
        ? t('cold.old', { age: formatAge(now - instant(chamber.at), language) })
        : bandWord(text, state);
  return (
    <>
      <span className={`floor-door floor-door-${chamber.door_open === null ? 'unknown' : chamber.door_open ? 'open' : 'shut'}`} aria-hidden />
      <span className="floor-name">{name(unit.place)}</span>
      <span className="floor-value" data-tone={tone}>
        {value === null ? t('state.none') : formatNumber(value, 1)}
        <small>°C</small>
      </span>
      <BandGauge
        scale={scaleOf(envelope)}
        low={envelope.min_c}
        high={envelope.max_c}
        alertLow={envelope.alert_min_c}
        alertHigh={envelope.alert_max_c}
        value={value}
        tone={tone}
        label={gaugeLabel(text, value, envelope, state)}
      />
      <span className="floor-note" data-tone={tone}>{tone === 'normal' ? limitsText(text, envelope) : word}</span>
      <span className="floor-note">{t(`floor.door.${chamber.door_open === null ? 'unknown' : chamber.door_open ? 'open' : 'shut'}`)}</span>
      <Fill bags={unit.bags} room={unit.room} />
    </>
  );
}
