import { useEffect, useRef, useState } from 'react';
import { formatAge, formatClock } from '../format/time';
import { useText } from '../i18n/text';
import { domainNow } from '../live/clock';
import { useFreshness, useLiveStore, useStreamAge, useTimezone } from '../live/LiveContext';
import './OfflineStrip.css';

const BACK_MS = 4000;

/** Says that the page is old, since when, and for a moment that it is not any more. */
export function OfflineStrip() {
  const { t } = useText();
  const lost = useFreshness() === 'lost';
  const [back, setBack] = useState(false);
  const wasLost = useRef(false);
  useEffect(() => {
    document.documentElement.classList.toggle('offline', lost);
    if (lost) {
      wasLost.current = true;
      return undefined;
    }
    if (!wasLost.current) return undefined;
    wasLost.current = false;
    setBack(true);
    const timer = setTimeout(() => setBack(false), BACK_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  if (lost) return <LostStrip />;
  return back ? <div className="strip" role="status">{t('offline.back')}</div> : null;
}

function LostStrip() {
  const { t, language } = useText();
  const store = useLiveStore();
  const zone = useTimezone();
  const age = useStreamAge();
  const since = store.anchor ? formatClock(domainNow(store.anchor, store.heardMs), zone) : t('state.none');
  return (
    <div className="strip" role="alert">
      <b>{t('offline.since', { time: since })}</b>{' '}
      <span aria-live="off">{t('offline.age', { age: formatAge(age, language) })}</span>
    </div>
  );
}
