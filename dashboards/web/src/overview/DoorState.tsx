import { useText, type TextKey } from '../i18n/text';

type State = 'open' | 'shut' | 'unknown';

const WORD: Record<State, TextKey> = { open: 'cold.doorOpen', shut: 'cold.doorShut', unknown: 'cold.doorUnknown' };

function stateOf(open: boolean | null): State {
  if (open === null) return 'unknown';
  return open ? 'open' : 'shut';
}

/** A door leaf and a word. Unknown is said, not guessed. */
export function DoorState({ open }: { open: boolean | null }) {
  const { t } = useText();
  const state = stateOf(open);
  return (
    <span className={`door door-${state}`} data-state={state}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden>
        <path className="door-frame" d="M2.5 13V1.5h9V13" />
        {state === 'open' && <path className="door-leaf" d="M2.5 1.5 8 4v9.5L2.5 13Z" />}
        {state === 'shut' && <path className="door-leaf" d="M2.5 1.5h9V13h-9Z" />}
      </svg>
      {t(WORD[state])}
    </span>
  );
}
