import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Blast } from '../api/types';
import { dinOfBag, productOfBag } from '../bags/bagId';
import { formatDin, formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { formatLeft, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';

const FIRST_BAGS = 12;
const MORE_BAGS = 50;

interface Props {
  blast: Blast;
  chosen: ReadonlySet<string>;
  onToggle: (bag: string) => void;
}

/** Every bag behind the alarm, the one with the least time first, and who waits for it. */
export function BlastTable({ blast, chosen, onToggle }: Props) {
  const { t, language } = useText();
  const [shown, setShown] = useState(FIRST_BAGS);
  const rest = blast.bags.length - shown;
  return (
    <>
      <div className="table-scroll">
        <table className="list">
          <tbody>
            {blast.bags.slice(0, shown).map((one) => (
              <tr key={one.bag} data-testid="blast-bag" data-bag-id={one.bag}>
                <td><Checkbox aria-label={formatDin(dinOfBag(one.bag))} checked={chosen.has(one.bag)} onChange={() => onToggle(one.bag)} /></td>
                <td>
                  <Link to={`/bags/${encodeURIComponent(one.bag)}`} className="mono nowrap" data-testid="alarm-bag">{formatDin(dinOfBag(one.bag))}</Link>
                  <span className="caption"><span className="mono">{productOfBag(one.bag)}</span>{one.group !== null && ` · ${formatGroup(one.group)}`}</span>
                </td>
                <td>
                  {one.order === null ? <span className="caption">{t('blast.free')}</span> : (
                    <>
                      <Link to={`/orders/${encodeURIComponent(one.order)}`} className="mono">{one.order}</Link>
                      <span className="caption">{one.order_priority === 0 && <b>▲ {t('orderForm.priority.0')} · </b>}{one.hospital}</span>
                    </>
                  )}
                </td>
                <td className="number">{one.minutes_left === null ? <span className="warning">◆ {t('blast.leftUnknown')}</span> : t('blast.left', { left: formatLeft(one.minutes_left * MINUTE_MS, language) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rest > 0 && <Button size="small" data-testid="blast-more" onClick={() => setShown(shown + MORE_BAGS)}>{t('blast.more', { n: formatNumber(rest) })}</Button>}
    </>
  );
}
