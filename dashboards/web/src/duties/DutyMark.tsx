import type { Duty } from '../api/types';
import { useText } from '../i18n/text';

/** The state of a duty, by word and shape: only what is late has colour. */
export function DutyMark({ state }: { state: Duty['state'] }) {
  const { word } = useText();
  if (state === 'missed') return <b className="high">▲ {word('dutyState', state)}</b>;
  if (state === 'overdue') return <b className="warning">◆ {word('dutyState', state)}</b>;
  return <span className="label">{state === 'done' && '✓ '}{word('dutyState', state)}</span>;
}
