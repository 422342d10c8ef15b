import type { Alarm, Envelope } from '../api/types';
import { bandState, toneOf, type BandTone } from '../ui/band';

const PRIORITY_TONE: Record<number, BandTone> = { 1: 'critical', 2: 'high', 3: 'warning' };

/** How an alarm's number is coloured: in a band by its side, elsewhere by the priority of the alarm. */
export function alarmTone(alarm: Alarm, envelope: Envelope | null): BandTone {
  if (alarm.active !== true || alarm.value === null) return 'normal';
  if (envelope !== null) return toneOf(bandState(alarm.value, envelope, true), alarm.priority === 1);
  return PRIORITY_TONE[alarm.priority] ?? 'normal';
}
