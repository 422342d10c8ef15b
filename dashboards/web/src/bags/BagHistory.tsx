import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { queries } from '../api/queries';
import type { Bag, BagTemperatureHistory, PlantView } from '../api/types';
import { Chart } from '../charts/Chart';
import { formatNumber } from '../format/number';
import { formatLong, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { Loaded } from '../ui/Loaded';
import { Panel } from '../ui/Panel';
import { BagHistoryTable } from './BagHistoryTable';
import { historyOption } from './historyOption';

/** A new end of the time axis no more often than this, so that the chart does not redraw with every tick. */
const REDRAW_MS = 10 * 60_000;

/** Probes in the load say how the blood is; probes in the air come after them. */
function probesByWeight(history: BagTemperatureHistory, plant: PlantView | undefined): string[] {
  const load = new Set(plant?.probes.filter((probe) => probe.kind === 'load').map((probe) => probe.id));
  const probes = [...new Set(history.segments.map((segment) => segment.probe))];
  return [...probes.filter((probe) => load.has(probe)), ...probes.filter((probe) => !load.has(probe))];
}

/** Places and temperature on one time axis: the permitted band steps with the place, gaps are hatched. */
export default function BagHistory({ bag }: { bag: Bag }) {
  const text = useText();
  const { t, language } = text;
  const zone = useTimezone();
  const [asTable, setAsTable] = useState(false);
  const temperature = useQuery(queries.bagTemperature(bag.id));
  const now = useDomainNow(REDRAW_MS);
  const plant = useQuery(queries.plant());
  const data = temperature.data;
  const probes = useMemo(() => (data ? probesByWeight(data, plant.data) : []), [data, plant.data]);
  const option = useMemo(
    () => (data && now !== null ? historyOption(bag, data, now + REDRAW_MS, probes, text, zone) : null),
    // The texts follow the language; `text` itself is new at every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [bag, data, probes, now, language, zone],
  );
  const began = instant(bag.stays[0]?.from_at ?? bag.collected_at);
  const caption = data && now !== null && t('bag.historyCaption', {
    span: formatLong(Math.max(0, now - began), language),
    readings: formatNumber(data.segments.reduce((sum, segment) => sum + segment.points.length, 0)),
    probes: t('cold.probes', { n: probes.length }),
  });
  return (
    <Panel
      title={t('bag.history')}
      className="bag-history"
      caption={
        <>
          {caption} {data && data.gaps.length > 0 && `· ${t('bag.gapCap', { n: data.gaps.length })} `}
          <Button size="small" type="text" onClick={() => setAsTable(!asTable)}>{t(asTable ? 'bag.asChart' : 'bag.asTable')}</Button>
        </>
      }
    >
      <Loaded query={temperature} rows={6}>
        {(history) =>
          asTable ? (
            <BagHistoryTable bag={bag} history={history} />
          ) : (
            <div className="bag-history-chart">{option && <Chart label={t('bag.history')} option={option} />}</div>
          )
        }
      </Loaded>
    </Panel>
  );
}
