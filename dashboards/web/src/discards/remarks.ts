import type { Reason } from '../api/types';
import type { Text } from '../i18n/text';

/** What speaks against destroying a bag, or what has to let go of it first; the particulars stand in the detail. */
export function remarkText({ word, language }: Text, { code, detail }: Reason): string {
  const sentence = word('discardRemark', code);
  return language === 'en' || sentence === code ? detail : sentence;
}
