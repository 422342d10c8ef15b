import { Button } from 'antd';
import { useText } from '../i18n/text';
import type { Verdict } from './verdict';

interface Props {
  verdict: Verdict;
  /** The stop was not acknowledged yet. */
  stands: boolean;
  /** Scans that came while it stood. */
  ignored: number;
  onAcknowledge: () => void;
}

/** One big plain answer: accepted and what comes next, or stop and why. A stop stays and is announced at once. */
export function VerdictCard({ verdict, stands, ignored, onAcknowledge }: Props) {
  const { t, pick } = useText();
  const said = (text: { en: string; zh: string }) => pick(text.en, text.zh);
  return (
    <section
      key={verdict.id}
      className={`verdict ${verdict.accepted ? '' : 'verdict-stop'} ${stands || verdict.accepted ? '' : 'verdict-past'}`}
      role={verdict.accepted ? 'status' : 'alert'}
      aria-live={verdict.accepted ? 'polite' : 'assertive'}
      data-testid="scan-verdict"
      data-accepted={verdict.accepted}
      data-stands={stands}
    >
      <h2><span className="verdict-mark" aria-hidden>{verdict.accepted ? '✓' : '■'}</span> {t(verdict.accepted ? 'scan.accepted' : 'scan.stop')}</h2>
      <p className="verdict-detail">{said(verdict.detail)}</p>
      {verdict.next !== null && <p className="verdict-next">{said(verdict.next)}</p>}
      {!verdict.accepted && verdict.code !== null && verdict.code !== 'network' && <p className="caption">{t('scan.nothingChanged')} <code className="mono">{verdict.code}</code></p>}
      {stands && (
        <>
          {ignored > 0 && <p className="verdict-ignored">{t('scan.unread', { n: ignored })}</p>}
          <Button size="large" block className="scan-target" data-testid="scan-acknowledge" onClick={onAcknowledge}>{t('scan.acknowledge')}</Button>
        </>
      )}
    </section>
  );
}
