import { formatClock, formatDay, formatUtc } from '../format/time';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { useClock, useDomainNow } from '../live/LiveContext';

/** The site's own time, which in a demo runs faster than the wall clock. */
export function DomainClock() {
  const { t, language } = useText();
  const clock = useClock();
  const now = useDomainNow();
  if (!clock || now === null) return <span className="domain-clock" data-testid="domain-clock">—</span>;
  const zone = clock.site.timezone;
  return (
    <span className="domain-clock" data-testid="domain-clock" title={t('bar.siteTime', { zone, utc: formatUtc(now) })}>
      {clock.rate !== 1 && <span className="domain-rate">{t('bar.rate', { rate: formatNumber(clock.rate) })}</span>}
      <span className="domain-day">{formatDay(now, zone, language)}</span>
      <time>{formatClock(now, zone)}</time>
    </span>
  );
}
