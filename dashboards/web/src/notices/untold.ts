import { byUrgency } from '../alarms/groups';
import type { Alarm, LadderList, Notice } from '../api/types';
import { instant } from '../format/time';
import { minuteOfWeek, minutesOf } from './rota';

type Ladder = LadderList['ladders'][number];

const DAY_MIN = 24 * 60;

/** Why nobody can know of an alarm: there is no message, no channel has taken one, or it waits for the end of the quiet hours. */
export type Untold = 'nobody' | 'undelivered' | 'quiet';

/** Does it wait for somebody? What is over by itself calls on only at the highest priority, as on the ladder. */
export function waitsForSomebody(alarm: Alarm): boolean {
  if (alarm.state === 'returned_unacknowledged') return alarm.priority === 1;
  return alarm.state === 'unacknowledged' || alarm.state === 'latched_unacknowledged';
}

/** What decides whether a silence is one: the time, how long telling may take, and which priorities are quiet now. */
export interface Telling {
  nowMs: number;
  graceMs: number;
  quiet: ReadonlySet<number>;
}

/** Telling takes this long, by the clock of the site and by ours: an alarm of a moment ago is on its way. */
const GRACE_SITE_MS = 30_000;
const GRACE_REAL_MS = 15_000;

export function telling(nowMs: number, rate: number, ladders: readonly Ladder[], timezone: string): Telling {
  const minute = minuteOfWeek(nowMs, timezone) % DAY_MIN;
  const quiet = ladders.filter((ladder) => ladder.quiet !== null && isWithin(ladder.quiet.from_time, ladder.quiet.to_time, minute));
  return { nowMs, graceMs: Math.max(GRACE_SITE_MS, GRACE_REAL_MS * rate), quiet: new Set(quiet.map(({ priority }) => priority)) };
}

function isWithin(from: string, to: string, minute: number): boolean {
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  if (begins === null || ends === null) return false;
  return begins < ends ? begins <= minute && minute < ends : minute >= begins || minute < ends;
}

/** Why nobody can know of this alarm; null when a channel has taken a message of it, or when it waits for nobody. */
export function untold(alarm: Alarm, { nowMs, graceMs, quiet }: Telling): Untold | null {
  const { escalation } = alarm;
  if (!waitsForSomebody(alarm) || (escalation !== null && escalation.taken > 0)) return null;
  if (nowMs - instant(alarm.raised_at) < graceMs) return null;
  if (escalation !== null && escalation.told.length > 0) return 'undelivered';
  return quiet.has(alarm.priority) ? 'quiet' : 'nobody';
}

/** Alarms that wait and of which nobody can know, the most urgent first. */
export function untoldAlarms(alarms: readonly Alarm[], at: Telling): { alarm: Alarm; why: Untold }[] {
  return [...alarms].sort(byUrgency).flatMap((alarm) => {
    const why = untold(alarm, at);
    return why === null ? [] : [{ alarm, why }];
  });
}

/** Alarms that wait for somebody to act. */
export function unanswered(alarms: readonly Alarm[]): Alarm[] {
  return alarms.filter(waitsForSomebody);
}

/** What became of a message, up to a person: proof that somebody has it outweighs what a channel said. */
export type Proof = 'acted' | 'coming' | 'opened' | 'sent' | 'queued' | 'failed' | 'given_up' | 'withdrawn';

export function proofOf(notice: Notice): Proof {
  return notice.received_how ?? notice.state;
}
