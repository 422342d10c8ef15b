import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { deskQueries, type Period } from '../api/deskQueries';
import type { IndicatorRow, Indicators } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { RateBar } from '../ui/RateBar';
import { SaveCsv } from '../ui/SaveCsv';
import { Skeleton } from '../ui/Skeleton';
import { Unconfirmed } from '../ui/Unconfirmed';
import { HospitalChooser, PeriodChooser, usePeriod, type Span } from './PeriodChooser';

const BY = ['cause', 'component', 'month', 'hospital'] as const;
type By = (typeof BY)[number];

function rowsOf(data: Indicators, by: By): readonly IndicatorRow[] {
  switch (by) {
    case 'cause':
      return data.by_cause;
    case 'component':
      return data.by_component;
    case 'month':
      return data.by_month;
    case 'hospital':
      return data.by_hospital;
  }
}

/** Discard and use in a period: the rate first, then by cause, component, month or hospital; below what the words mean. */
export function IndicatorsView() {
  const [span, setSpan] = useState<Span>('30');
  const [hospital, setHospital] = useState<string | undefined>(undefined);
  const period = usePeriod(span, hospital);
  return (
    <>
      <div className="row">
        <PeriodChooser span={span} onChange={setSpan} />
        <span className="grow" />
        <HospitalChooser value={hospital} onChange={setHospital} />
      </div>
      {period === null ? <Skeleton rows={8} /> : <IndicatorTables period={period} />}
    </>
  );
}

function IndicatorTables({ period }: { period: Period }) {
  const { t, name } = useText();
  const [by, setBy] = useState<By>('component');
  const indicators = useQuery({ ...deskQueries.indicators(period), placeholderData: keepPreviousData });
  const rows = indicators.data ? rowsOf(indicators.data, by) : [];
  const csv = () => [
    [t(`discards.by.${by}`), t('indicator.made'), t('indicator.used'), t('indicator.discarded'), t('indicator.outdated'), t('indicator.rate')],
    ...rows.map((row) => [name(row), row.made, row.used, row.discarded, row.outdated, row.discard_rate]),
  ];
  return (
    <Loaded query={indicators} rows={8}>
      {(data) => (
        <>
          <Total row={data.total} />
          <div className="row">
            <Chips name="by" label={t('discards.title')} value={by} onChange={setBy} options={BY.map((value) => ({ value, label: t(`discards.by.${value}`) }))} />
            <span className="grow" />
            <SaveCsv name={`indicators-by-${by}`} disabled={rows.length === 0} rows={csv} />
          </div>
          <div className="table-scroll">{rows.length === 0 ? <Empty>{t('discards.noIndicators')}</Empty> : <IndicatorTable by={by} rows={rows} />}</div>
          <dl className="definitions" data-testid="indicator-definitions">
            {data.definitions.map((definition) => <Definition key={definition.key} definition={definition} />)}
          </dl>
        </>
      )}
    </Loaded>
  );
}

function Total({ row }: { row: IndicatorRow }) {
  const { t, pick } = useText();
  const rate = row.discard_rate === null ? t('state.none') : `${formatNumber(row.discard_rate * 100, 2)}${pick('\u00a0', '')}%`;
  return (
    <div className="indicator-total" data-testid="indicator-total">
      <div><b>{rate}</b><span className="label">{t('indicator.rate')}</span></div>
      {(['made', 'used', 'discarded', 'outdated'] as const).map((key) => (
        <div key={key}><b>{formatNumber(row[key])}</b><span className="label">{t(`indicator.${key}`)}</span></div>
      ))}
    </div>
  );
}

function IndicatorTable({ by, rows }: { by: By; rows: readonly IndicatorRow[] }) {
  const { t, name } = useText();
  const most = Math.max(...rows.map((row) => row.discard_rate ?? 0));
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t(`discards.by.${by}`)}</th>
          <th className="number">{t('indicator.made')}</th>
          <th className="number">{t('indicator.used')}</th>
          <th className="number">{t('indicator.discarded')}</th>
          <th className="number">{t('indicator.outdated')}</th>
          <th style={{ width: '34%' }}>{t('indicator.rate')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} data-testid="indicator-row" data-key={row.key}>
            <td>{name(row)}</td>
            <td className="number">{formatNumber(row.made)}</td>
            <td className="number">{formatNumber(row.used)}</td>
            <td className="number">{formatNumber(row.discarded)}</td>
            <td className="number">{formatNumber(row.outdated)}</td>
            <td><RateBar rate={row.discard_rate} most={most} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Definition({ definition }: { definition: Indicators['definitions'][number] }) {
  const { t, word, pick } = useText();
  return (
    <div title={t('desk.source', { source: definition.source })}>
      <b>{word('indicator', definition.key)}</b> {pick(definition.text_en, definition.text_zh)} <Unconfirmed status={definition.status} source={definition.source} />
    </div>
  );
}
