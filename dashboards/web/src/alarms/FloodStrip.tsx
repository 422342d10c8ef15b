import type { AlarmFlood } from '../api/types';
import { formatNumber } from '../format/number';
import { formatNear, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';

/** A flood is said once, above the list; every alarm of it stays in the list. */
export function FloodStrip({ flood }: { flood: AlarmFlood }) {
  const { t, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000) ?? instant(flood.from_at);
  return <p className="flood-strip" role="status" data-testid="flood-strip">◆ {t('alarms.flood', { time: formatNear(instant(flood.from_at), now, zone, language), n: formatNumber(flood.count), peak: formatNumber(flood.peak) })}</p>;
}
