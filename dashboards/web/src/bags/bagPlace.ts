import type { BagSummary } from '../api/types';
import type { Text } from '../i18n/text';

/** Where a bag lies, in the reader's language; a bag that nobody can place says so. */
export function bagPlace({ t, pick }: Text, bag: BagSummary): string {
  const name = pick(bag.place_name_en ?? '', bag.place_name_zh ?? '');
  return name === '' ? (bag.place ?? t('state.unknown')) : name;
}
