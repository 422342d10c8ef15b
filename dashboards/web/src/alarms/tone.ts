import type { Alarm, Envelope } from '../api/types';
import { bandState, toneOf, type BandTone } from '../ui/band';

/** How an alarm's number is coloured: by priority 1, else by the side of the band it stands on. */
export function alarmTone(alarm: Alarm, envelope: Envelope | null): BandTone {
  if (alarm.active !== true || alarm.value === null) return 'normal';
  if (envelope !== null) return toneOf(bandState(alarm.value, envelope, true), alarm.priority === 1);
  if (alarm.priority === 1) return 'critical';
  return alarm.priority === 4 ? 'normal' : 'warning';
}
