import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { Panel } from '../ui/Panel';
import type { Verdict } from './verdict';

/** The last ten scans, the newest first. */
export function ScanHistory({ history }: { history: readonly Verdict[] }) {
  const { t, pick } = useText();
  return (
    <Panel title={t('scan.history')} className="scan-history">
      {history.length === 0 && <p className="muted">{t('scan.noHistory')}</p>}
      <ol>
        {history.map((one) => (
          <li key={one.id} data-testid="scan-past" data-accepted={one.accepted}>
            <span className={one.accepted ? 'label' : 'critical'}>{one.accepted ? '✓' : '■'} {t(one.accepted ? 'scan.accepted' : 'scan.stop')}</span>
            {one.bag !== null && <span className="mono caption">{formatDin(one.bag.split('-')[0] ?? one.bag)} {one.bag.split('-')[1]}</span>}
            <span className="scan-past-detail">{pick(one.detail.en, one.detail.zh)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
