import type { ColdStore } from '../api/types';
import { formatNumber } from '../format/number';
import { formatAge, formatLeft, instant, MINUTE_MS } from '../format/time';
import { useText, type Text } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { scaleOf, toneOf } from '../ui/band';
import { BandGauge } from '../ui/BandGauge';
import { gaugeLabel } from '../ui/bandText';
import { probeState } from './storeState';

type Probe = ColdStore['probes'][number];

/** Older than this a value tells its age. */
const TELL_AGE_MS = 2 * MINUTE_MS;

/** One probe in the band of its store, how far its value can be trusted, and how long until a limit. */
export function StoreProbe({ probe, envelope }: { probe: Probe; envelope: ColdStore['envelope'] }) {
  const text = useText();
  const { t, word, language } = text;
  const now = useDomainNow(MINUTE_MS);
  const state = probeState(probe, envelope);
  const tone = toneOf(state, false);
  const limits = envelope ?? { min_c: null, max_c: null, alert_min_c: null, alert_max_c: null };
  const age = now === null || probe.at === null ? null : now - instant(probe.at);
  return (
    <div className={`store-probe store-${tone}`} data-testid={`probe-${probe.id}`} data-quality={probe.quality}>
      <span className="store-probe-kind" title={probe.id}>{word('storeProbe', probe.kind)}</span>
      <b className="store-probe-value" data-value={probe.value_c ?? ''}>
        {(state === 'high' || state === 'alert_high') && '▲ '}
        {(state === 'low' || state === 'alert_low') && '▼ '}
        {probe.value_c === null ? t('state.none') : formatNumber(probe.value_c, 1)}<small>°C</small>
      </b>
      <BandGauge scale={scaleOf(limits)} low={limits.min_c} high={limits.max_c} alertLow={limits.alert_min_c} alertHigh={limits.alert_max_c} value={probe.value_c} tone={tone} label={gaugeLabel(text, probe.value_c, limits, state)} />
      <span className="store-probe-note caption">
        <Trust probe={probe} />
        {age !== null && age > TELL_AGE_MS && <span> · {t('cold.old', { age: formatAge(age, language) })}</span>}
        {(probe.minutes_to_limit !== null || state !== 'normal') && <span className={probe.minutes_to_limit === null ? '' : 'high'}> · {timeToLimit(text, probe)}</span>}
      </span>
    </div>
  );
}

function Trust({ probe }: { probe: Probe }) {
  const { t, word, pick } = useText();
  const odd = probe.quality !== 'good' || probe.calibration === 'overdue' || probe.calibration === 'none';
  return <span className={odd ? 'warning' : ''}>{odd && '◆ '}{t(`quality.${probe.quality}`)}{pick(', ', '，')}{word('calibration', probe.calibration)}</span>;
}

/** `24 min to limit (18 min to 33 min)`; "unknown" of a probe that left its band and heads nowhere that can be told. */
export function timeToLimit({ t, language }: Pick<Text, 't' | 'language'>, probe: Probe): string {
  const left = probe.minutes_to_limit;
  if (left === null) return t('stores.noForecast');
  const minutes = (value: number) => formatLeft(value * MINUTE_MS, language);
  if (left.low === null || left.high === null) return t('stores.toLimitBandless', { median: minutes(left.median) });
  return t('stores.toLimit', { median: minutes(left.median), low: minutes(left.low), high: minutes(left.high) });
}
