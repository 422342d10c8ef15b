import type { Reason } from '../api/types';
import type { Text } from '../i18n/text';
import { refusalText } from './reasons';

/** Reasons alone, in the words in which an act of a bag is refused. */
export function reasonsText(text: Text, reasons: readonly Reason[]): string {
  return refusalText(text, { act: 'release', allowed: false, reasons: [...reasons] }).slice(text.t('state.notNow').length);
}
