import type { Hold } from '../api/types';
import { isTextKey, type Text } from '../i18n/text';

const OF_A_RECORD = /^temperature:(\w+)$/;

/** What a temperature record asked about when it placed a hold; null for a hold of any other kind. */
function triggerOf(reason: string): string | null {
  const trigger = OF_A_RECORD.exec(reason)?.[1];
  return trigger !== undefined && isTextKey(`recordTrigger.${trigger}`) ? trigger : null;
}

/** Why something is held, in the reader's language; what a temperature record placed is named by its trigger. */
export function holdReason({ pick, word }: Text, { reason, reason_zh }: Pick<Hold, 'reason' | 'reason_zh'>): string {
  const trigger = triggerOf(reason);
  return pick(trigger === null ? reason : word('recordTrigger', trigger), reason_zh);
}

/** Is it a hold that only the decision of a case lifts? */
export function isOfRecord({ reason }: Pick<Hold, 'reason'>): boolean {
  return triggerOf(reason) !== null;
}
