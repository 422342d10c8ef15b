import type { Disposition } from '../api/types';
import { useText } from '../i18n/text';

/** How a case stands in one word: what was decided, or that it waits. */
export function CaseState({ item }: { item: Pick<Disposition, 'state' | 'outcome'> }) {
  const { word } = useText();
  if (item.state === 'open') return <b className="warning">◆ {word('caseState', item.state)}</b>;
  return <span className="muted">{item.outcome === null ? word('caseState', item.state) : word('dispositionOutcome', item.outcome)}</span>;
}
