import { formatFull, formatNear, formatUtc, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';

/** A moment of domain time in the site's zone; its tooltip has UTC. Nothing known shows as a dash. */
export function Moment({ at, full = false }: { at: string | null | undefined; full?: boolean }) {
  const { t, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000);
  if (at === null || at === undefined) return <span className="muted">{t('state.none')}</span>;
  const ms = instant(at);
  return <time dateTime={at} title={formatUtc(ms)} className="nowrap">{full || now === null ? formatFull(ms, zone, language) : formatNear(ms, now, zone, language)}</time>;
}
