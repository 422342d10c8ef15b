import type { LedgerEntry } from '../api/types';
import { formatNear, formatUtc, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { Panel } from '../ui/Panel';

/** What was written about this bag, the newest first, each with the head of its hash. */
export function BagLedger({ entries }: { entries: LedgerEntry[] }) {
  const { t, word, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000) ?? 0;
  const newestFirst = [...entries].sort((a, b) => b.seq - a.seq);
  return (
    <Panel title={t('bag.ledger')} caption={t('bag.ledgerEntries', { n: entries.length })}>
      <ol className="bag-ledger">
        {newestFirst.map((entry) => (
          <li key={entry.seq} className="bag-led">
            <time className="muted" title={formatUtc(instant(entry.at))}>{formatNear(instant(entry.at), now, zone, language)}</time>
            <span className="ellipsis" title={entry.kind}>{word('kind', entry.kind)}</span>
            <span className="label ellipsis" title={entry.station}>{entry.actor}</span>
            <span className="mono muted number" title={entry.hash}>{entry.hash.slice(0, 4)}…{entry.hash.slice(-2)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
