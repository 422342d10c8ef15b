import { usePreferences } from '../app/preferences';
import { en, type TextKey } from './en';
import type { Language } from './language';
import { zh } from './zh';

const TEXTS: Record<Language, Record<TextKey, string>> = { en, zh };

export type Params = Record<string, string | number>;
export type { TextKey };

/** The text of a key with `{name}` replaced by its parameter; `one|many` is chosen by the parameter `n`. */
export function translate(language: Language, key: TextKey, params: Params = {}): string {
  const [one = '', many = one] = TEXTS[language][key].split('|');
  return (String(params.n) === '1' ? one : many).replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Is this word, made from a code of the API (`status.RESERVED`), one the screens know? */
export function isTextKey(key: string): key is TextKey {
  return key in en;
}

export interface Text {
  language: Language;
  t: (key: TextKey, params?: Params) => string;
  /** The word for a code of the API; an unknown code is shown as it is, never hidden. */
  word: (family: string, code: string) => string;
  /** One of two texts that the API sends in both languages. */
  pick: (english: string, chinese: string) => string;
  name: (thing: { name_en: string; name_zh: string }) => string;
}

export function textFor(language: Language): Text {
  const pick = (english: string, chinese: string) => (language === 'zh' ? chinese : english);
  return {
    language,
    t: (key, params) => translate(language, key, params),
    word: (family, code) => {
      const key = `${family}.${code}`;
      return isTextKey(key) ? translate(language, key) : code;
    },
    pick,
    name: (thing) => pick(thing.name_en, thing.name_zh),
  };
}

export function useText(): Text {
  return textFor(usePreferences().language);
}
