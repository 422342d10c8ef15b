import type { Gate } from '../api/types';
import { useText } from '../i18n/text';

const SIGN = { failed: '▲', pending: '◷', passed: '✓' } as const;

/** One gate by its name and the sign of its state; the reason is its tooltip. */
export function GateMark({ gate }: { gate: Gate }) {
  const { word, pick } = useText();
  const detail = pick(gate.detail_en, gate.detail_zh);
  return (
    <span className={`tag gate gate-${gate.state}`} data-gate={gate.gate} data-state={gate.state} title={`${word('gateState', gate.state)}${detail === '' ? '' : pick(': ', '：')}${detail}`}>
      <span aria-hidden>{SIGN[gate.state]}</span> {word('gate', gate.gate)}<span className="visually-hidden">, {word('gateState', gate.state)}</span>
    </span>
  );
}
