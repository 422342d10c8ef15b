import { useNavigate } from 'react-router';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { aboutText } from './about';
import type { RecallSummary } from './types';
import { useNames } from './useNames';

export function RecallTable({ cases }: { cases: RecallSummary[] }) {
  const text = useText();
  const { t, word, pick } = text;
  const names = useNames();
  const navigate = useNavigate();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('recall.reason')}</th>
          <th>{t('recall.about')}</th>
          <th className="number">{t('recall.bags')}</th>
          <th className="number">{t('recall.frozen')}</th>
          <th className="number">{t('recall.withoutOutcome')}</th>
          <th className="number">{t('recall.unacknowledged')}</th>
          <th>{t('recall.opened')}</th>
          <th>{t('desk.state')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {cases.map((one) => (
          <tr key={one.id} className="can-open" tabIndex={0} data-row data-testid="recall-row" data-case={one.id} data-state={one.state} onClick={() => void navigate(`/recalls/${encodeURIComponent(one.id)}`)}>
            <td>{pick(one.reason_en, one.reason_zh)}</td>
            <td>{aboutText(text, one.by, names)}</td>
            <td className="number">{formatNumber(one.counts.bags)}</td>
            <td className="number">{formatNumber(one.counts.frozen)}</td>
            <Left count={one.counts.without_outcome} />
            <Left count={one.counts.unacknowledged} />
            <td><Moment at={one.opened_at} /> · {one.opened_by}</td>
            <td>{word('recall.state', one.state)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How much is left to do: a number that is not zero stands out. */
function Left({ count }: { count: number }) {
  const { t } = useText();
  return <td className="number">{count > 0 ? <span className="warning">▲ {formatNumber(count)}</span> : <span className="muted">{t('state.none')}</span>}</td>;
}
