import type { Flow } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Panel } from '../ui/Panel';
import './flow.css';

const STEPS = ['received', 'prepared', 'frozen', 'stored', 'reserved', 'gated', 'issued', 'delivered'] as const;

/** How many bags took each step of the journey in the last hour, in the order of the journey. */
export function FlowPanel({ flow }: { flow: Flow }) {
  const { t, word } = useText();
  const most = Math.max(1, ...STEPS.map((step) => flow[step]));
  return (
    <Panel title={t('flow.title')} caption={t('flow.caption', { n: flow.window_min })} className="board-flow">
      <dl className="flow">
        {STEPS.map((step) => (
          <div key={step}>
            <dt>{word('flow', step)}</dt>
            <dd data-testid={`flow-${step}`}>{formatNumber(flow[step])}</dd>
            <i aria-hidden><u style={{ width: `${(flow[step] / most) * 100}%` }} /></i>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
