import { useState } from 'react';
import { isoSeconds } from '../format/isoSeconds';
import { instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { Moment } from './Moment';

const AGO_MIN = [0, 15, 60, 240] as const;

/** When something happened: the moment the form was opened, and how long before it. It stands still while the form is filled in. */
export function useMoment(): [string | null, (at: string) => void] {
  const now = useDomainNow();
  const [at, setAt] = useState<string | null>(null);
  // The first clock may come after the form: from then on the moment stands still.
  if (at === null && now !== null) setAt(isoSeconds(now));
  return [at, setAt];
}

/** Now, or a while ago; the moment itself is shown beside it. */
export function TimeChooser({ label, at, onChange }: { label: string; at: string | null; onChange: (at: string) => void }) {
  const { t } = useText();
  const now = useDomainNow();
  return (
    <div className="field">
      <span>{label} <b><Moment at={at} full /></b></span>
      <div className="chips" role="group" aria-label={label}>
        {AGO_MIN.map((minutes) => (
          <button key={minutes} type="button" className="chip" disabled={now === null} onClick={() => now !== null && onChange(isoSeconds(now - minutes * MINUTE_MS))}>
            {minutes === 0 ? t('desk.now') : t('desk.minAgo', { n: minutes })}
          </button>
        ))}
        <button type="button" className="chip" disabled={at === null} onClick={() => at !== null && onChange(isoSeconds(instant(at) - 5 * MINUTE_MS))}>{t('desk.earlier')}</button>
      </div>
    </div>
  );
}
