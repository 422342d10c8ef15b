import type { Alarm, Envelope } from '../api/types';
import { useText } from '../i18n/text';
import { bandState, scaleOf, type BandTone } from '../ui/band';
import { BandGauge } from '../ui/BandGauge';
import { gaugeLabel } from '../ui/bandText';

/** An alarm's value in the band of its place. */
export function AlarmGauge({ alarm, envelope, tone }: { alarm: Alarm; envelope: Envelope; tone: BandTone }) {
  const text = useText();
  const known = alarm.active !== null;
  return (
    <BandGauge
      scale={scaleOf(envelope)}
      low={envelope.min_c}
      high={envelope.max_c}
      alertLow={envelope.alert_min_c}
      alertHigh={envelope.alert_max_c}
      value={alarm.value}
      tone={known ? tone : 'stale'}
      label={gaugeLabel(text, alarm.value, envelope, bandState(alarm.value, envelope, known))}
    />
  );
}
