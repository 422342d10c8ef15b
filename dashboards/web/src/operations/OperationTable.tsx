import { useQuery } from '@tanstack/react-query';
import type { HandOperation } from '../api/types';
import { queries } from '../api/queries';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { Unconfirmed } from '../ui/Unconfirmed';
import { useRowKeys } from '../ui/useRowKeys';
import { operationKey } from './plan';

interface Props {
  operations: readonly HandOperation[];
  inHand: string | null;
  onChoose: (operation: HandOperation) => void;
}

/** The operations of one kind: what goes in, what comes out, which rule it follows and who says so. */
export function OperationTable({ operations, inHand, onChoose }: Props) {
  const text = useText();
  const { t, word, pick } = text;
  const plant = useQuery(queries.plant());
  const onKeyDown = useRowKeys();
  const named = (keys: readonly string[]) => keys.map((key) => componentName(text, plant.data, key)).join(pick(', ', '、'));
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('hops.from')}</th>
          <th>{t('hops.makes')}</th>
          <th className="number">{t('hops.bags')}</th>
          <th className="number">{t('hops.maxAge')}</th>
          <th>{t('hops.expiry')}</th>
          <th>{t('hops.rule')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {operations.map((one) => (
          <tr key={operationKey(one)} className={`can-open ${operationKey(one) === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="operation-row" onClick={() => onChoose(one)}>
            <td>{named(one.inputs)}</td>
            <td>
              {one.output === null ? <span className="muted">{t(one.keeps_bag ? 'hops.sameBag' : 'hops.same')}</span> : named([one.output, ...one.also])}
              {one.attributes.length > 0 && <span className="caption">{one.attributes.map((attribute) => word('attribute', attribute)).join(pick(', ', '、'))}</span>}
            </td>
            <td className="number">{one.min_parents === one.max_parents ? one.min_parents : `${one.min_parents}–${one.max_parents}`}</td>
            <td className="number">{one.max_age_h === null ? <span className="muted">{t('state.none')}</span> : t('hops.hours', { n: formatNumber(one.max_age_h) })}</td>
            <td>{word('expiryRule', one.expiry)}{one.expiry_limit_h !== null && <span className="caption">{t('hops.atMost', { n: formatNumber(one.expiry_limit_h) })}</span>}</td>
            <td>{one.approval && <span className="tag">{t('hops.approval')}</span>} {one.by === 'machine' && <span className="tag">{t('hops.byMachine')}</span>} <Unconfirmed status={one.status} source={one.source} /><span className="caption">{one.source}</span></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
