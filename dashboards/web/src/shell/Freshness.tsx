import { formatAge } from '../format/time';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { useStreamAge } from '../live/LiveContext';
import { freshnessOf } from '../live/freshness';

/** How old what you see is: a dot and an age; bold when later than expected, `old` when the page is stale. */
export function Freshness() {
  const { t, language } = useText();
  const age = useStreamAge();
  const state = freshnessOf(age);
  const shown = age < 10_000 ? `${formatNumber(age / 1000, 1)} s` : formatAge(age, language);
  return (
    <span className={`freshness freshness-${state}`} data-testid="freshness" data-state={state}>
      <i aria-hidden />
      {t(state === 'lost' ? 'bar.old' : 'bar.live')} <span className="freshness-age">{shown}</span>
    </span>
  );
}
