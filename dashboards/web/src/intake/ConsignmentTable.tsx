import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Consignment } from '../api/types';
import { formatNumber } from '../format/number';
import { formatNear, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { placeName } from '../tasks/placeName';
import { useRowKeys } from '../ui/useRowKeys';
import { openItems, QUESTIONS } from './counts';

interface Props {
  consignments: readonly Consignment[];
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Consignments with what came of each: only what nobody has answered for yet stands out. */
export function ConsignmentTable({ consignments, inHand, onChoose }: Props) {
  const { t, word, name, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000) ?? 0;
  const plant = useQuery(queries.plant());
  const onKeyDown = useRowKeys();
  const places = new Map(plant.data?.places.map((place) => [place.path, name(place)]));
  const moment = (at: string | null) => (at === null ? t('state.none') : formatNear(instant(at), now, zone, language));
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('intake.consignment')}</th>
          <th>{t('intake.sent')}</th>
          <th>{t('intake.seen')}</th>
          <th>{t('intake.state')}</th>
          <th className="number">{t('intake.received')}</th>
          {QUESTIONS.map((state) => <th key={state} className="number">{word('itemState', state)}</th>)}
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {consignments.map((one) => (
          <tr
            key={one.id}
            className={`can-open ${one.id === inHand ? 'intake-in-hand' : ''}`}
            tabIndex={0}
            data-row
            data-testid="consignment-row"
            data-consignment={one.id}
            data-state={one.state}
            onClick={() => onChoose(one.id)}
          >
            <td><span className="mono nowrap">{one.id}</span><span className="caption">{placeName(one.origin, places)}</span></td>
            <td className="nowrap">{moment(one.sent_at)}</td>
            <td className="nowrap">{moment(one.first_seen_at)}</td>
            <td className="nowrap">{word('consignmentState', one.state)}</td>
            <td className="number">{t('intake.of', { n: formatNumber(one.counts.received), all: formatNumber(one.counts.expected) })}</td>
            {QUESTIONS.map((state) => (
              <td key={state} className="number">{openItems(one, state).length === 0 ? <span className="muted">{one.counts[state]}</span> : <b className="warning">◆ {one.counts[state]}</b>}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
