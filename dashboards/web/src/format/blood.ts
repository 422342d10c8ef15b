import type { Language } from '../i18n/language';

const MINUS = '\u2212';

/** `O-` on the wire, `O−` (U+2212) on a screen. */
export function formatGroup(group: string): string {
  return group.replace('-', MINUS);
}

/** How a group is read aloud: `O RhD negative`. */
export function speakGroup(group: string, language: Language): string {
  const abo = group.slice(0, -1);
  const positive = group.endsWith('+');
  if (language === 'zh') return `${abo} 型 RhD ${positive ? '阳性' : '阴性'}`;
  return `${abo} RhD ${positive ? 'positive' : 'negative'}`;
}

/** `A999926000001` as a label prints it: facility, year, serial. */
export function formatDin(din: string): string {
  return din.length === 13 ? `${din.slice(0, 5)} ${din.slice(5, 7)} ${din.slice(7)}` : din;
}
