import type { BagAction } from '../api/types';
import type { Text } from '../i18n/text';

/** Reasons whose detail is a person's own words and says more than the code. */
const SPOKEN = ['hold', 'recall', 'release_gate'];

/** Why an act is refused, as a sentence a person can act on. */
export function refusalText({ t, word, pick }: Text, action: BagAction): string {
  const sentences = action.reasons.map(({ code, detail }) => {
    if (code === 'zone' && detail === 'none') return word('reason.zone', detail);
    const reason = word('reason', code);
    if (code === 'status' || code === 'zone') return `${reason}${pick(' ', '')}${word(code, detail)}`;
    return SPOKEN.includes(code) && detail !== '' ? `${reason}${pick(': ', '：')}${detail}` : reason;
  });
  return t('state.notNow') + sentences.join(pick('; ', '；'));
}
