import type { DonationTests } from '../api/types';
import { useText } from '../i18n/text';

/** What the algorithm says of a donation, computed from its raw results. */
export function VerdictMark({ donation }: { donation: DonationTests }) {
  const { word } = useText();
  if (donation.state === 'not_negative') return <span className="tag high">▲ {word('testsState', 'not_negative')}</span>;
  if (donation.state === 'repeat') return <span className="tag warning">◆ {word('testsState', 'repeat')}</span>;
  return <span className={donation.state === 'ready' ? '' : 'label'}>{donation.state === 'ready' && '✓ '}{word('testsState', donation.state)}</span>;
}
