import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { Chips } from '../ui/Chips';
import { Loaded } from '../ui/Loaded';
import { SaveCsv } from '../ui/SaveCsv';
import { Split } from '../ui/Split';
import { DayCard } from './DayCard';
import { csvRows, datesUntil, worstOf } from './heat';
import { HeatTable } from './HeatTable';
import './completeness.css';

const PERIODS = { '7d': 7, '14d': 14, '30d': 30 } as const;
type Period = keyof typeof PERIODS;
const NAMES = Object.keys(PERIODS) as Period[];
/** The meter reads much history: the day at its end is asked for again every so often only. */
const REFRESH_MS = 60 * 60_000;

/** Whether the record of the cold chain is whole: each probe and day, and each gap by its name. */
export default function CompletenessScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const now = useDomainNow(REFRESH_MS);
  const period = NAMES.find((one) => one === params.get('period')) ?? '7d';
  const probe = params.get('probe');
  const dates = datesUntil(now ?? 0, PERIODS[period]);
  const [fromDay = '', toDay = ''] = [dates[0], dates.at(-1)];
  const meter = useQuery({ ...coldQueries.completeness(fromDay, toDay, probe ?? undefined), enabled: now !== null, placeholderData: keepPreviousData });
  const set = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(params);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) next.delete(key);
      else next.set(key, value);
    }
    setParams(next, { replace: true });
  };
  const days = meter.data?.days ?? [];
  const chosen = days.find((one) => one.day === params.get('day') && one.probe === params.get('of')) ?? worstOf(days);
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('meter.title')}</h1>
        {probe !== null && <><span className="muted mono">{t('meter.oneProbe', { probe })}</span><Button size="small" onClick={() => set({ probe: null })}>{t('meter.allProbes')}</Button></>}
        <span className="grow" />
        <SaveCsv name="completeness" rows={() => csvRows(days)} disabled={days.length === 0} />
        <Chips name="meter" label={t('meter.days')} value={period} onChange={(next) => set({ period: next })} options={NAMES.map((value) => ({ value, label: t(`meter.days.${value}`) }))} />
      </div>
      <p className="caption">{t('meter.rule')}</p>
      <Split label={t('desk.inHand')} side={chosen === null ? <p className="muted">{t('meter.pick')}</p> : <DayCard day={chosen} />}>
        <div className="table-scroll">
          <Loaded query={meter} rows={12}>{(data) => <HeatTable days={data.days} dates={dates} chosen={chosen} onChoose={(one) => set({ day: one.day, of: one.probe })} />}</Loaded>
        </div>
      </Split>
    </div>
  );
}
