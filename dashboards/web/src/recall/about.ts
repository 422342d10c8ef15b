import { formatDin } from '../format/blood';
import { formatMoment, instant } from '../format/time';
import type { Text } from '../i18n/text';
import type { RecallScope } from './types';

export interface Names {
  place: (path: string) => string;
  device: (id: string) => string;
  zone: string;
}

/** What a case is about, in words: a donation number, a batch, a machine or a place and its time. */
export function aboutText({ t, word, pick, language }: Text, by: RecallScope, names: Names): string {
  const window = () => {
    const from = by.from_at === null ? '' : formatMoment(instant(by.from_at), names.zone, language);
    const to = by.to_at === null ? t('recall.goesOn') : formatMoment(instant(by.to_at), names.zone, language);
    return `${pick(', ', '，')}${t('recall.fromTo', { from, to })}`;
  };
  if (by.din !== null) return formatDin(by.din);
  if (by.batch !== null) return `${word('recall.by', 'batch')} ${by.batch}`;
  if (by.device !== null) return names.device(by.device) + window();
  if (by.place !== null) return names.place(by.place) + window();
  return by.donor === null ? word('recall.by', 'donor') : `${word('recall.by', 'donor')} ${by.donor}`;
}
