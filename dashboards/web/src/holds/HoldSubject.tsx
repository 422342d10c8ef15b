import type { Hold } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatDin } from '../format/blood';
import { placeName } from '../tasks/placeName';

/** What a hold is on, by its name. */
export function HoldSubject({ hold, places }: { hold: Pick<Hold, 'scope' | 'subject'>; places: ReadonlyMap<string, string> }) {
  switch (hold.scope) {
    case 'bag':
      return <BagLink bag={hold.subject} />;
    case 'place':
      return <span title={hold.subject}>{placeName(hold.subject, places)}</span>;
    case 'donation':
      return <span className="mono nowrap">{formatDin(hold.subject)}</span>;
    case 'batch':
      return <span className="mono nowrap">{hold.subject}</span>;
  }
}
