import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { CustodyBag } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { DAY_MS, formatShelfLife, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { componentName } from '../plant/componentName';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { forWhom } from './forWhom';

/** A bag that keeps less than this should go next. */
const SOON_MS = 2 * DAY_MS;

interface Props {
  bags: readonly CustodyBag[];
  inHand: string | null;
  onChoose: (bag: string) => void;
}

/** The hospital's bags with how long they keep and for whom they are. */
export function CustodyTable({ bags, inHand, onChoose }: Props) {
  const text = useText();
  const { t, word, language } = text;
  const plant = useQuery(queries.plant());
  const now = useDomainNow(60_000);
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('desk.bag')}</th>
          <th>{t('desk.group')}</th>
          <th>{t('desk.component')}</th>
          <th>{t('desk.state')}</th>
          <th>{t('custody.for')}</th>
          <th className="number">{t('bags.expires')}</th>
          <th className="number">{t('bag.shelfLife')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {bags.map((bag) => {
          const left = now === null ? null : instant(bag.expires_at) - now;
          return (
            <tr key={bag.id} className={`can-open ${bag.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="custody-row" data-bag-id={bag.id} data-status={bag.status} onClick={() => onChoose(bag.id)}>
              <td><BagLink bag={bag.id} /></td>
              <td>{bag.group === null ? <span className="muted">?</span> : <b>{formatGroup(bag.group)}</b>}</td>
              <td>{componentName(text, plant.data, bag.component)}</td>
              <td className="nowrap">{word('status', bag.status)}{bag.holds.length > 0 && <span className="warning"> ▲ {t('bags.holds')}</span>}</td>
              <td>{forWhom(bag) ?? <span className="muted">{t('state.none')}</span>}</td>
              <td className="number"><Moment at={bag.expires_at} full /></td>
              <td className="number">
                {left !== null && (left <= 0 ? <b className="critical">▲ {t('bag.expired')}</b> : <span className={left < SOON_MS ? 'custody-soon' : ''}>{left < SOON_MS && '▲ '}{formatShelfLife(left, language)}</span>)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
