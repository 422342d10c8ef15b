import { Button } from 'antd';
import type { Shelf } from '../api/types';
import { formatAge, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';
import { placeName } from '../tasks/placeName';

interface Props {
  shelves: Shelf[];
  places: ReadonlyMap<string, string>;
  error: Error | null;
  onCount: (place: string, by: 'antenna' | 'hand') => void;
}

const OLD_MS = 2 * 3_600_000;

/** Shelves with an antenna: what is believed, what it sees, and how old its account is; an old one looks old. */
export function ShelfTable({ shelves, places, error, onCount }: Props) {
  const { t, language } = useText();
  const now = useDomainNow(60_000);
  const refused = useWriteRefusal(MAY_WORK_BY_HAND);
  return (
    <>
      {error && <Refusal error={error} />}
      <table className="list">
        <thead>
          <tr>
            <th>{t('count.shelf')}</th>
            <th className="number">{t('count.believed')}</th>
            <th className="number">{t('count.seen')}</th>
            <th className="number">{t('count.missing')}</th>
            <th className="number">{t('count.surplus')}</th>
            <th className="number">{t('count.told')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {shelves.map((shelf) => {
            const age = shelf.at === null || now === null ? null : now - instant(shelf.at);
            return (
              <tr key={shelf.shelf} className={age === null || age > OLD_MS ? 'stale' : ''} data-testid="shelf-row" data-shelf={shelf.shelf}>
                <td>{placeName(shelf.shelf, places)}</td>
                <td className="number">{shelf.believed}</td>
                <td className="number">{shelf.seen ?? t('state.unknown')}</td>
                <td className={`number ${shelf.missing.length > 0 ? 'warning' : ''}`}>{shelf.missing.length > 0 && '▲ '}{shelf.missing.length}</td>
                <td className={`number ${shelf.surplus.length > 0 ? 'warning' : ''}`}>{shelf.surplus.length > 0 && '▲ '}{shelf.surplus.length}</td>
                <td className="number">{age === null ? t('count.never') : formatAge(age, language)}</td>
                <td className="number nowrap">
                  <Button size="small" disabled={refused !== null} title={refused ?? undefined} data-testid="count-antenna" onClick={() => onCount(shelf.shelf, 'antenna')}>{t('count.begin')}</Button>{' '}
                  <Button size="small" disabled={refused !== null} title={refused ?? undefined} data-testid="count-hand" onClick={() => onCount(shelf.shelf, 'hand')}>{t('count.beginHand')}</Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
