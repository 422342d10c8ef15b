import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { LANGUAGES, LOCALE, type Language } from '../i18n/language';
import { PreferencesContext, type Theme } from './preferences';

const THEMES: readonly Theme[] = ['light', 'dark'];

/** The address wins (`?lang=zh&theme=dark`), then what this browser chose last, then what it prefers. */
function first<T extends string>(name: string, allowed: readonly T[], preferred: T): T {
  const asked = new URLSearchParams(window.location.search).get(name);
  const kept = localStorage.getItem(`hemovault.${name}`);
  return allowed.find((value) => value === asked) ?? allowed.find((value) => value === kept) ?? preferred;
}

function keep(name: string, value: string): void {
  localStorage.setItem(`hemovault.${name}`, value);
}

/** The document wears the theme before anything is drawn in it, because charts and Ant Design read its tokens. */
function wearTheme(theme: Theme): Theme {
  document.documentElement.dataset.theme = theme;
  return theme;
}

function wearLanguage(language: Language): Language {
  document.documentElement.lang = LOCALE[language];
  return language;
}

/** Language, theme and whether single-letter shortcuts are on; kept in this browser. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() =>
    wearLanguage(first('lang', LANGUAGES, navigator.language.startsWith('zh') ? 'zh' : 'en')),
  );
  const [theme, setTheme] = useState<Theme>(() =>
    wearTheme(first('theme', THEMES, window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')),
  );
  const [shortcuts, setShortcuts] = useState(() => localStorage.getItem('hemovault.shortcuts') !== 'off');

  useEffect(() => {
    keep('lang', language);
    keep('theme', theme);
    keep('shortcuts', shortcuts ? 'on' : 'off');
  }, [language, theme, shortcuts]);

  const value = useMemo(
    () => ({
      language,
      theme,
      shortcuts,
      setLanguage: (next: Language) => setLanguage(wearLanguage(next)),
      setTheme: (next: Theme) => setTheme(wearTheme(next)),
      setShortcuts,
    }),
    [language, theme, shortcuts],
  );
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}
