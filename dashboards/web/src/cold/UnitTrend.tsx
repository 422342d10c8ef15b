import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queries } from '../api/queries';
import type { ColdStore, ProbeHistory } from '../api/types';
import { Chart } from '../charts/Chart';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { Failure } from '../ui/Failure';
import { Panel } from '../ui/Panel';
import { Skeleton } from '../ui/Skeleton';
import { endOf, SPAN, type Range } from './ranges';
import { UnitTables } from './UnitTables';
import { unitOption } from './unitOption';

const REFRESH_MS = 5 * 60_000;

/** The probes of a store over a period, the ones in the load first. */
export function UnitTrend({ store, range }: { store: ColdStore; range: Range }) {
  const now = useDomainNow(REFRESH_MS);
  if (now === null) return <Skeleton rows={10} />;
  return <Trend store={store} range={range} nowMs={now} />;
}

function Trend({ store, range, nowMs }: { store: ColdStore; range: Range; nowMs: number }) {
  const text = useText();
  const { t, word, language } = text;
  const zone = useTimezone();
  const toMs = endOf(nowMs, range);
  const { ms, stepS } = SPAN[range];
  const fromMs = toMs - ms;
  const probes = [...store.probes].sort((a, b) => Number(b.kind === 'load') - Number(a.kind === 'load')).map(({ id }) => id);
  const { histories, error } = useQueries({
    queries: probes.map((probe) => ({
      ...queries.probeHistory(probe, new Date(fromMs).toISOString(), new Date(toMs).toISOString(), stepS),
      placeholderData: (previous: ProbeHistory | undefined) => previous,
    })),
    combine: (results) => ({
      histories: results.every(({ data }) => data !== undefined) ? results.flatMap(({ data }) => data ?? []) : null,
      error: results.find((result) => result.error !== null)?.error ?? null,
    }),
  });
  const option = useMemo(
    () => {
      const labels = new Map(store.probes.map(({ id, kind }) => [id, word('storeProbe', kind)]));
      return histories === null ? null : unitOption(histories, labels, { fromMs, toMs, nowMs, stepMs: stepS * 1000 }, text, zone);
    },
    // The texts follow the language; `text` itself is new at every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [histories, store.probes, fromMs, toMs, nowMs, stepS, language, zone],
  );
  if (error !== null) return <Failure error={error} />;
  return (
    <>
      <Panel title={t('unit.trend')} caption={t('unit.rule')}>
        <div className="unit-chart" data-testid="unit-chart">{option === null ? <Skeleton rows={10} /> : <Chart label={t('unit.trend')} option={option} />}</div>
      </Panel>
      {histories !== null && <UnitTables histories={histories} nowMs={nowMs} kinds={new Map(store.probes.map(({ id, kind }) => [id, kind]))} />}
    </>
  );
}
