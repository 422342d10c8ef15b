import type { HealthState } from '../api/types';
import { useText } from '../i18n/text';

const SHAPE: Record<HealthState, string> = { ok: '✓', degraded: '▼', down: '▲' };

/** A tick in grey when it works, a shape, a colour and a word when it does not. */
export function HealthMark({ state }: { state: HealthState }) {
  const { word } = useText();
  return <span className={`health-state health-${state}`}><span aria-hidden>{SHAPE[state]}</span>{word('health', state)}</span>;
}
