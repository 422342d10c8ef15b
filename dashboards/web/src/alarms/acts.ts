import type { AlarmDetail } from '../api/types';
import type { Params, TextKey } from '../i18n/text';
import { OTHER } from './ReasonSelect';
import { isUnacknowledged } from './wording';

export type Act = 'acknowledge' | 'shelve' | 'unshelve' | 'reset' | 'close' | 'out-of-service' | 'return-to-service';

/** Why an act is closed now: a text of ours, or a sentence that was made already. */
export type Closed = { key: TextKey; params?: Params } | string;

interface Said {
  comment: string;
  reason: string | null;
}

interface Rights {
  forbidden: string | null;
  notMaintainer: string | null;
}

/** The acts that fit an alarm's state, each with why it is closed now (null: it is open). What does not fit is left out. */
export function refusalsOf(alarm: AlarmDetail, said: Said, { forbidden, notMaintainer }: Rights): Partial<Record<Act, Closed | null>> {
  const reasoned = (): Closed | null => {
    if (said.reason === null) return { key: 'alarm.reasonNeeded' };
    return said.reason === OTHER && said.comment === '' ? { key: 'alarm.otherNeedsComment' } : null;
  };
  const acts: Partial<Record<Act, Closed | null>> = {};
  const standing = ['unacknowledged', 'acknowledged', 'returned_unacknowledged', 'latched_unacknowledged', 'latched'].includes(alarm.state);
  if (standing) {
    acts.acknowledge = forbidden ?? (isUnacknowledged(alarm) ? null : { key: 'alarm.ackClosed', params: { who: alarm.acknowledged_by ?? '?' } });
    acts.shelve = forbidden ?? (alarm.priority === 1 ? { key: 'alarm.shelveClosed' } : said.comment === '' ? { key: 'alarm.shelveReason' } : null);
  }
  if (alarm.state === 'shelved') acts.unshelve = forbidden;
  if (alarm.state === 'out_of_service') acts['return-to-service'] = forbidden;
  else if (standing && notMaintainer === null) acts['out-of-service'] = said.comment === '' ? { key: 'alarm.outNeedsReason' } : null;
  if (alarm.state === 'latched_unacknowledged') acts.reset = forbidden ?? { key: 'alarm.ackFirst' };
  if (alarm.state === 'latched') acts.reset = forbidden ?? reasoned();
  else if (alarm.unclosed > 0 && alarm.state !== 'latched_unacknowledged') acts.close = forbidden ?? reasoned();
  return acts;
}
