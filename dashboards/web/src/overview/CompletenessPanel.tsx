import type { Completeness } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Panel } from '../ui/Panel';
import './complete.css';

/** Whether what the screens show is all there is: readings stored, late, missing, and who is silent. */
export function CompletenessPanel({ completeness }: { completeness: Completeness }) {
  const { t } = useText();
  const { stored, late, gaps, sources_live, sources_total, readers_live, readers_total } = completeness;
  const line = (label: string, value: string, short = false) => (
    <div className={short ? 'complete-short' : ''}>
      <dt>{label}</dt>
      <dd>{short && '▼ '}{value}</dd>
    </div>
  );
  return (
    <Panel title={t('complete.title')} caption={t('complete.caption')} className="board-complete">
      <p className="complete-lead">{formatNumber(stored)}</p>
      <dl className="complete">
        {line(t('complete.sources'), `${sources_live} / ${sources_total}`, sources_live < sources_total)}
        {line(t('complete.readers'), `${readers_live} / ${readers_total}`, readers_live < readers_total)}
        {line(t('complete.late'), formatNumber(late))}
        {line(t('complete.gaps'), formatNumber(gaps))}
      </dl>
    </Panel>
  );
}
