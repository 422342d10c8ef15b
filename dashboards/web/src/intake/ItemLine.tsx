import { Link } from 'react-router';
import type { ConsignmentItem } from '../api/types';
import { formatDin } from '../format/blood';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';

/** What names a number: the bag, or only the tag that nobody knows. */
export function ItemName({ item }: { item: ConsignmentItem }) {
  const { t } = useText();
  if (item.bag !== null) return <Link className="mono nowrap intake-bag" to={`/bags/${encodeURIComponent(item.bag)}`}>{formatDin(item.din ?? item.bag)}</Link>;
  return <span className="mono intake-tag">{t('intake.tag', { epc: item.epc ?? '' })}</span>;
}

/** One number that wants nothing more: which, and what a person said about it. */
export function ItemLine({ item }: { item: ConsignmentItem }) {
  const { t, word, language } = useText();
  const zone = useTimezone();
  const said = item.resolved;
  return (
    <div className="intake-line" data-testid="intake-line" data-state={item.state}>
      <ItemName item={item} />
      {item.bag !== null && <span className="caption mono">{item.bag.split('-')[1]}</span>}
      {said !== null && (
        <p className="caption intake-said">
          {word('itemState', item.state)} · {t('intake.answeredBy', { act: word('itemAct', said.act), who: said.by, time: formatMoment(instant(said.at), zone, language) })}
          <br />{said.comment}
        </p>
      )}
    </div>
  );
}
