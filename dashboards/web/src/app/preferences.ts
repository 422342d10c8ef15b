import { createContext, useContext } from 'react';
import type { Language } from '../i18n/language';

export type Theme = 'light' | 'dark';

export interface Preferences {
  language: Language;
  theme: Theme;
  shortcuts: boolean;
  setLanguage: (language: Language) => void;
  setTheme: (theme: Theme) => void;
  setShortcuts: (on: boolean) => void;
}

export const PreferencesContext = createContext<Preferences | null>(null);

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error('usePreferences outside PreferencesProvider');
  return preferences;
}
