import type { Crossmatch } from '../api/types';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';

/** What the laboratory found of this bag; a result that a later one replaced, or that lapsed, stands back. */
export function CrossmatchList({ items }: { items: readonly Crossmatch[] }) {
  const { t, word } = useText();
  if (items.length === 0) return null;
  return (
    <section>
      <h3>{t('custody.crossmatches')}</h3>
      <ul className="lines">
        {items.map((one) => (
          <li key={one.id} className={one.counts ? '' : 'muted'} data-testid="crossmatch" data-state={one.state}>
            <div className="lines-row">
              <span>{one.patient ?? t('state.none')}</span>
              <b className={one.state === 'incompatible' ? 'high' : ''}>{one.state === 'incompatible' && '▲ '}{word('crossmatchState', one.counts ? one.state : 'replaced')}</b>
            </div>
            <p className="caption"><Moment at={one.at} />{one.valid_until !== null && <> · {t('custody.until')} <Moment at={one.valid_until} full /></>}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
