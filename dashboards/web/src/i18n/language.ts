export type Language = 'en' | 'zh';

export const LANGUAGES: readonly Language[] = ['en', 'zh'];

/** The tag for `<html lang>` and Intl. */
export const LOCALE: Record<Language, string> = { en: 'en', zh: 'zh-CN' };
