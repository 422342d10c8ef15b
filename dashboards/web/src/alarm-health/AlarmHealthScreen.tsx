import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import type { AlarmHealth } from '../api/types';
import { formatNumber } from '../format/number';
import { DAY_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { Skeleton } from '../ui/Skeleton';
import { AsideTable } from './AsideTable';
import { OftenTable } from './OftenTable';
import { RateChart } from './RateChart';
import { percent } from './percent';
import { TargetTable } from './TargetTable';
import './AlarmHealthScreen.css';

const SPANS = ['1', '7', '30'] as const;
type Span = (typeof SPANS)[number];
const MOVES_EVERY_MS = 10 * 60_000;

/** Does the alarm system help, or does it cry wolf? The standards' numbers, and what would mend them. */
export default function AlarmHealthScreen() {
  const { t } = useText();
  const [span, setSpan] = useState<Span>('7');
  const now = useDomainNow(MOVES_EVERY_MS);
  return (
    <div className="page page-scroll">
      <div className="title-row">
        <h1>{t('alarmHealth.title')}</h1>
        <span className="grow" />
        <Chips name="span" label={t('alarmHealth.title')} value={span} onChange={setSpan} options={SPANS.map((value) => ({ value, label: t(`alarmHealth.span.${value}`) }))} />
      </div>
      <p className="caption">{t('alarmHealth.note')}</p>
      {now === null ? <Skeleton rows={10} /> : <Board fromMs={now - Number(span) * DAY_MS} toMs={now} />}
    </div>
  );
}

function Board({ fromMs, toMs }: { fromMs: number; toMs: number }) {
  const health = useQuery({ ...coldQueries.alarmHealth(new Date(fromMs).toISOString(), new Date(toMs).toISOString()), placeholderData: keepPreviousData });
  return <Loaded query={health} rows={12}>{(data) => <Measures health={data} />}</Loaded>;
}

function Measures({ health }: { health: AlarmHealth }) {
  const { t, name } = useText();
  return (
    <>
      {!health.enough_data && <p className="warning" data-testid="few-data">◆ {t('alarmHealth.fewData')}</p>}
      <Panel title={t('alarmHealth.rate')} caption={t('alarmHealth.calls', { n: formatNumber(health.calls) })}><RateChart health={health} /></Panel>
      <div className="health-columns">
        <Panel title={t('alarmHealth.targets')}><TargetTable targets={health.targets} /></Panel>
        <Panel title={t('alarmHealth.split')}><Split health={health} /></Panel>
        <Panel title={t('alarmHealth.top')} caption={t('alarmHealth.topShare', { share: percent(health.top_share) })}><OftenTable items={health.top_ten} /></Panel>
        <Panel title={t('alarmHealth.chattering')}><OftenTable items={health.chattering} /></Panel>
        <Panel title={t('alarmHealth.fleeting')}><OftenTable items={health.fleeting} /></Panel>
        <Panel title={t('alarmHealth.aside')}><AsideTable health={health} /></Panel>
        <Panel title={t('alarmHealth.floods')}>
          {health.floods.length === 0 ? <Empty>{t('alarmHealth.noFloods')}</Empty> : (
            <ul className="plain">
              {health.floods.map((flood) => (
                <li key={flood.from_at} data-testid="flood"><b className="warning">◆</b> <Moment at={flood.from_at} full /> – {flood.to_at === null ? t('alarmHealth.lasts') : <Moment at={flood.to_at} full />}: {t('alarmHealth.flood', { n: formatNumber(flood.count), peak: formatNumber(flood.peak) })}</li>
              ))}
            </ul>
          )}
        </Panel>
        <Panel title={t('alarmHealth.reasons')}>
          {health.unclosed > 0 && <p><Link to="/alarms" data-testid="unclosed">{t('alarmHealth.unclosed', { n: health.unclosed })}</Link></p>}
          {health.reasons.length === 0 ? <Empty>{t('alarmHealth.nothing')}</Empty> : (
            <ul className="plain">{health.reasons.map((reason) => <li key={reason.code}>{name(reason)} <b>{formatNumber(reason.n)}</b></li>)}</ul>
          )}
        </Panel>
      </div>
    </>
  );
}

/** Shares of the three urgencies: the bar is what was seen, the line where it should end. */
function Split({ health }: { health: AlarmHealth }) {
  const { t, word } = useText();
  return (
    <div className="urgencies">
      {health.priority_split.map((one) => (
        <div key={one.urgency} data-testid={`urgency-${one.urgency}`}>
          <div className="row"><span>{word('alarmHealth.urgency', one.urgency)}</span><span className="grow" /><b>{percent(one.share)}</b> <span className="muted">{t('alarmHealth.aim', { share: percent(one.target) })}</span></div>
          <div className="urgency-bar" aria-hidden><u style={{ width: percent(one.share) }} /><s style={{ left: percent(one.target) }} /></div>
        </div>
      ))}
    </div>
  );
}
