import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Disposition } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { formatTemperature } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { usePlaceNames } from '../plant/usePlaceNames';
import { placeName } from '../tasks/placeName';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { CaseState } from './CaseState';

interface Props {
  items: readonly Disposition[];
  inHand: string | null;
  onChoose: (id: string) => void;
}

/** Cases with what happened, how long and how far, and how they stand. */
export function DispositionTable({ items, inHand, onChoose }: Props) {
  const text = useText();
  const { t, pick, language } = text;
  const plant = useQuery(queries.plant());
  const places = usePlaceNames();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('desk.bag')}</th>
          <th>{t('cases.what')}</th>
          <th className="number">{t('cases.length')}</th>
          <th className="number">{t('cases.worst')}</th>
          <th>{t('cases.opened')}</th>
          <th>{t('desk.state')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {items.map((item) => (
          <tr key={item.id} className={`can-open ${item.id === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="case-row" data-case={item.id} data-bag-id={item.bag} data-state={item.state} onClick={() => onChoose(item.id)}>
            <td><BagLink bag={item.bag} /><span className="caption">{item.group !== null && <b>{formatGroup(item.group)} </b>}{componentName(text, plant.data, item.component)}</span></td>
            <td>{pick(item.trigger_en, item.trigger_zh)}<span className="caption">{placeName(item.at_place, places)}</span></td>
            <td className="number">{formatMinutes(item.minutes, language)}{item.to_at === null && <span className="caption warning">{t('cases.lasts')}</span>}</td>
            <td className="number">{item.worst_c === null ? <span className="muted">{t('state.none')}</span> : <b>{formatTemperature(item.worst_c)}</b>}</td>
            <td><Moment at={item.opened_at} /></td>
            <td className="nowrap"><CaseState item={item} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
