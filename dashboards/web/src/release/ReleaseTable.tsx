import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { ReleaseItem } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { formatLong, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { componentName } from '../plant/componentName';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { GateMark } from './GateMark';
import { keeping } from './gates';

interface Props {
  items: readonly ReleaseItem[];
  inHand: string | null;
  onChoose: (bag: string) => void;
}

/** Bags in quarantine with the gates that keep them; what passed is only counted. */
export function ReleaseTable({ items, inHand, onChoose }: Props) {
  const text = useText();
  const { t, language } = text;
  const plant = useQuery(queries.plant());
  const now = useDomainNow(60_000);
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('desk.bag')}</th>
          <th>{t('desk.component')}</th>
          <th>{t('release.keeps')}</th>
          <th className="number">{t('release.passed')}</th>
          <th className="number">{t('release.waits')}</th>
          <th className="number">{t('bags.expires')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {items.map((item) => {
          const kept = keeping(item.gates);
          return (
            <tr key={item.bag} className={`can-open ${item.bag === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="release-row" data-bag-id={item.bag} onClick={() => onChoose(item.bag)}>
              <td><BagLink bag={item.bag} /></td>
              <td>{componentName(text, plant.data, item.component)}<span className="caption">{item.group === null ? t('bag.groupUnknown') : formatGroup(item.group)}</span></td>
              <td>{kept.length === 0 ? <b>✓ {t('release.ready')}</b> : <span className="gate-marks">{kept.map((gate) => <GateMark key={gate.gate} gate={gate} />)}</span>}</td>
              <td className="number">{t('release.of', { n: item.gates.length - kept.length, all: item.gates.length })}</td>
              <td className="number">{now !== null && formatLong(Math.max(0, now - instant(item.since)), language)}</td>
              <td className="number"><Moment at={item.expires_at} full /></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
