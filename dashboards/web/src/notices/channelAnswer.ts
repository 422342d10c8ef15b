import type { Text, TextKey } from '../i18n/text';

/** What our own side writes down of an attempt; everything else is the other side's words and is shown as they came. */
const OURS: readonly (readonly [RegExp, TextKey])[] = [
  [/^on the live stream; (?<n>\d+) screens listen$/, 'answered.wall'],
  [/^answered (?<n>\d{3})(?<said>.*)$/s, 'answered.code'],
  [/^no answer within (?<n>\d+) s$/, 'answered.late'],
  [/^no answer in time$/, 'answered.noAnswer'],
  [/^no connection$/, 'answered.noConnection'],
  [/^the connection failed$/, 'answered.failed'],
  [/^its certificate is not trusted$/, 'answered.untrusted'],
  [/^the answer could not be read$/, 'answered.unreadable'],
];

/** What a channel answered, in the language of the page where the words are ours. */
export function channelAnswer({ t }: Text, detail: string): string {
  for (const [pattern, key] of OURS) {
    const found = pattern.exec(detail);
    if (found !== null) return t(key, { ...found.groups });
  }
  return detail;
}
