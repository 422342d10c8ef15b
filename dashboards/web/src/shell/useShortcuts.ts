import { useEffect, useRef } from 'react';
import { usePreferences } from '../app/preferences';
import { CHORD_MS, shortcutOf, type Shortcut } from './shortcuts';

const FIELDS = 'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="dialog"]';

/** Calls back for the shortcuts it has a handler for; others stay with the browser. */
export function useShortcuts(handlers: Partial<Record<Shortcut, () => void>>): void {
  const { shortcuts } = usePreferences();
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    let gPressedMs = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const inField = event.target instanceof Element && event.target.closest(FIELDS) !== null;
      const afterG = event.timeStamp - gPressedMs < CHORD_MS;
      const shortcut = shortcutOf({ key: event.key, inField, afterG, letters: shortcuts });
      gPressedMs = shortcut === 'g' ? event.timeStamp : -Infinity;
      if (shortcut === null || shortcut === 'g') return;
      const handler = latest.current[shortcut];
      if (!handler) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [shortcuts]);
}
