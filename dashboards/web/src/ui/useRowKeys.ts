import { useCallback, type KeyboardEvent } from 'react';

/** Arrow keys move between the rows (`[data-row]`) of a list, Enter presses the focused one. */
export function useRowKeys(): (event: KeyboardEvent<HTMLElement>) => void {
  return useCallback((event) => {
    if (!(event.target instanceof HTMLElement) || !event.target.matches('[data-row]')) return;
    if (event.key === 'Enter') {
      event.target.click();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
    const next = rows[rows.indexOf(event.target) + step];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }, []);
}
