import type { Batch, PlantView } from '../api/types';
import { formatNumber } from '../format/number';
import { formatNear, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { useRowKeys } from '../ui/useRowKeys';

interface Props {
  batches: readonly Batch[];
  plant: PlantView | undefined;
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Batches, newest first: which machine, how many bags, and how many units came out unfit. */
export function BatchTable({ batches, plant, inHand, onChoose }: Props) {
  const { t, word, name, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000) ?? 0;
  const onKeyDown = useRowKeys();
  const devices = new Map(plant?.devices.map((device) => [device.id, name(device)]));
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('prep.recipe')}</th>
          <th>{t('prep.machine')}</th>
          <th>{t('prep.state')}</th>
          <th className="number">{t('orders.col.bags')}</th>
          <th className="number">{t('prep.held')}</th>
          <th className="number">{t('prep.ended')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {batches.map((batch) => {
          const unfit = batch.units.filter(({ outcome }) => outcome !== 'done').length;
          return (
            <tr key={batch.id} className={`can-open ${batch.id === inHand ? 'prep-in-hand' : ''}`} tabIndex={0} data-row data-testid="batch-row" data-batch={batch.id} data-kind={batch.kind} data-state={batch.state} onClick={() => onChoose(batch.id)}>
              <td className="nowrap">{word('recipe', batch.recipe ?? batch.kind)}</td>
              <td>{devices.get(batch.device) ?? batch.device}</td>
              <td className="nowrap">{word('batchState', batch.state)}</td>
              <td className="number">{formatNumber(batch.bags.length)}</td>
              <td className="number">{unfit === 0 ? <span className="muted">0</span> : <b className="warning">◆ {unfit}</b>}</td>
              <td className="number">{batch.ended_at === null ? <span className="muted">{t('state.none')}</span> : formatNear(instant(batch.ended_at), now, zone, language)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
