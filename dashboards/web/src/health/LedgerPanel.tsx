import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { queries } from '../api/queries';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Panel } from '../ui/Panel';
import { Refusal } from '../ui/Refusal';

/** Computes the hash chain of the whole ledger again, when somebody asks. */
export function LedgerPanel() {
  const { t } = useText();
  const verdict = useQuery(queries.ledgerVerdict());
  return (
    <Panel title={t('health.ledger')}>
      {verdict.data && (
        <p className={`ledger-verdict ${verdict.data.ok ? 'label' : 'critical'}`}>
          {verdict.data.ok
            ? `✓ ${t('health.verified', { n: formatNumber(verdict.data.entries), head: verdict.data.head.slice(0, 12) })}`
            : `▲ ${t('health.broken', { fault: verdict.data.fault ?? '' })}`}
        </p>
      )}
      <Refusal error={verdict.error} />
      <div><Button loading={verdict.isFetching} onClick={() => void verdict.refetch()}>{t('health.verify')}</Button></div>
    </Panel>
  );
}
