import type { RegistryRequest } from '../api/types';
import { formatGroup } from '../format/blood';
import { formatLeft, instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { dosesFound, isLive, wantedOf } from './wanted';

interface Props {
  requests: readonly RegistryRequest[];
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Requests with how long they wait and how many doses were found. */
export function RequestTable({ requests, inHand, onChoose }: Props) {
  const { t, word, pick, language } = useText();
  const now = useDomainNow(60_000);
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('orderForm.hospital')}</th>
          <th>{t('registry.wanted')}</th>
          <th>{t('desk.group')}</th>
          <th className="number">{t('registry.doses')}</th>
          <th className="number">{t('registry.waits')}</th>
          <th className="number">{t('registry.neededBy')}</th>
          <th>{t('desk.state')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {requests.map((one) => {
          const late = now !== null && isLive(one) && one.state !== 'issued' && instant(one.needed_by) < now;
          return (
            <tr key={one.id} className={`can-open ${one.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="request-row" data-request={one.id} data-state={one.state} onClick={() => onChoose(one.id)}>
              <td>{pick(one.hospital_name_en, one.hospital_name_zh)}<span className="caption">{word('requestKind', one.kind)}{one.patient !== null && ` · ${one.patient}`}</span></td>
              <td className="mono">{wantedOf(one)}</td>
              <td>{one.group === null ? <span className="muted">?</span> : formatGroup(one.group)}</td>
              <td className="number">{t('registry.of', { n: dosesFound(one), all: one.doses })}</td>
              <td className="number">{formatLeft(one.waiting_minutes * MINUTE_MS, language)}</td>
              <td className={`number ${late ? 'high' : ''}`}>{late && '▲ '}<Moment at={one.needed_by} /></td>
              <td className="nowrap">{one.state === 'open' ? <b className="warning">◆ {word('requestState', one.state)}</b> : word('requestState', one.state)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
