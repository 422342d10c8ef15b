import { useEffect, useRef } from 'react';
import { Wedge } from './wedge';

const FIELDS = 'input, textarea, select, [contenteditable="true"]';

/** Calls back with each label that a scanner reads while no field has the focus; a field takes its keys itself. */
export function useWedge(onScan: (text: string) => void): void {
  const latest = useRef(onScan);
  useEffect(() => {
    latest.current = onScan;
  });
  useEffect(() => {
    const wedge = new Wedge();
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(FIELDS) !== null) return;
      const { taken, text } = wedge.feed(event.key, event.timeStamp);
      if (!taken) return;
      // The Enter of a scanner must not press the button that has the focus, nor its letters a shortcut.
      event.preventDefault();
      event.stopPropagation();
      if (text !== null) latest.current(text);
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);
}
