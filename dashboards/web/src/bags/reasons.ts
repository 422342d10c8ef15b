import type { BagAction } from '../api/types';
import type { Text } from '../i18n/text';

type Refused = Pick<BagAction, 'reasons'> & Partial<BagAction>;

/** Reasons whose detail is a person's own words and says more than the code. */
const SPOKEN = ['hold', 'release_gate'];

/** Why an act is refused, as a sentence a person can act on. */
export function refusalText(text: Text, action: Refused): string {
  return text.t('state.notNow') + reasonsText(text, action);
}

/** The reasons alone, each once. */
export function reasonsText({ word, pick }: Text, { reasons }: Refused): string {
  const sentences = reasons.map(({ code, detail, detail_zh: chinese }) => {
    if (code === 'zone' && detail === 'none') return word('reason.zone', detail);
    const reason = word('reason', code);
    if (code === 'status' || code === 'zone') return `${reason}${pick(' ', '')}${word(code, detail)}`;
    return SPOKEN.includes(code) && detail !== '' ? `${reason}${pick(': ', '：')}${pick(detail, chinese)}` : reason;
  });
  return [...new Set(sentences)].join(pick('; ', '；'));
}

const isSame = (a: Refused['reasons'][number], b: Refused['reasons'][number]) => a.code === b.code && a.detail === b.detail;

/** What stands against every refused act alike: said once, above them. Nothing when only one is refused. */
export function sharedReasons(actions: readonly BagAction[]): Refused['reasons'] {
  const [first, ...others] = actions.filter(({ allowed }) => !allowed);
  if (first === undefined || others.length === 0) return [];
  return first.reasons.filter((reason) => others.every(({ reasons }) => reasons.some((other) => isSame(reason, other))));
}

/** What stands against one act beside what stands against all. */
export function ownReasons(action: Refused, shared: Refused['reasons']): Refused['reasons'] {
  return action.reasons.filter((reason) => !shared.some((other) => isSame(reason, other)));
}
