import type { Bag, BagTemperatureHistory } from '../api/types';
import { formatTemperature } from '../format/number';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';

/** The same history in words and numbers: each stay with the lowest and highest reading there. */
export function BagHistoryTable({ bag, history }: { bag: Bag; history: BagTemperatureHistory }) {
  const { t, name, language } = useText();
  const zone = useTimezone();
  return (
    <div className="table-scroll">
      <table className="list">
        <thead>
          <tr>
            <th>{t('bag.place')}</th>
            <th>{t('bag.from')}</th>
            <th>{t('bag.to')}</th>
            <th className="number">{t('bag.temperature')}</th>
          </tr>
        </thead>
        <tbody>
          {bag.stays.map((stay) => (
            <tr key={`${stay.place} ${stay.from_at}`}>
              <td>{name(stay)}</td>
              <td>{formatMoment(instant(stay.from_at), zone, language)}</td>
              <td>{stay.to_at === null ? t('bag.until') : formatMoment(instant(stay.to_at), zone, language)}</td>
              <td className="number">{rangeText(history, instant(stay.from_at), stay.to_at === null ? Infinity : instant(stay.to_at)) ?? t('bag.noTemperature')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function rangeText(history: BagTemperatureHistory, from: number, to: number): string | null {
  const values = history.segments.flatMap(({ points }) => points.filter(([ms]) => ms >= from && ms <= to).map(([, value]) => value));
  if (values.length === 0) return null;
  return `${formatTemperature(Math.min(...values))} … ${formatTemperature(Math.max(...values))}`;
}
