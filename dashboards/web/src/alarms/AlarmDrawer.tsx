import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { AlarmDetail } from '../api/types';
import { formatNumber } from '../format/number';
import { formatLeft, formatNear, instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { envelopeOf } from '../plant/envelope';
import { Loaded } from '../ui/Loaded';
import { PriorityMark } from '../ui/PriorityMark';
import { AlarmActions } from './AlarmActions';
import { Moment } from '../ui/Moment';
import { AlarmJournal } from './AlarmJournal';
import { AlarmNotices } from './AlarmNotices';
import { AlarmOccurrences } from './AlarmOccurrences';
import { AlarmRescue } from './AlarmRescue';
import { AlarmStake } from './AlarmStake';
import { hasBlast } from './rescueWish';
import { alarmTone } from './tone';
import { alarmLimit, alarmPlace, alarmTitle, alarmValue, isTemperature, isUnacknowledged } from './wording';
import './AlarmDrawer.css';

const ProbeTrend = lazy(() => import('../charts/ProbeTrend'));

/** Guidance is written as sentences; each is a step. */
const STEP_END = /(?<=[.。])\s|\n|(?<=。)/;

/** The alarm in hand: value, minutes, what is at stake, what to do, and what was done. */
export function AlarmDrawer({ id }: { id: string }) {
  const alarm = useQuery(queries.alarm(id));
  return <Loaded query={alarm} rows={8}>{(data) => <AlarmInHand alarm={data} />}</Loaded>;
}

function AlarmInHand({ alarm }: { alarm: AlarmDetail }) {
  const text = useText();
  const { t, word, pick, language } = text;
  const zone = useTimezone();
  const now = useDomainNow(MINUTE_MS) ?? instant(alarm.raised_at);
  const plant = useQuery(queries.plant());
  const envelope = isTemperature(alarm) ? envelopeOf(plant.data, alarm.place) : null;
  const probe = plant.data?.probes.find((candidate) => candidate.id === alarm.source);
  const tone = alarmTone(alarm, envelope);
  const value = alarmValue(text, alarm.value, alarm.unit);
  const limit = alarmLimit(text, alarm.limit, alarm.unit);
  const left = alarm.stake.minutes_left;
  const endangered = hasBlast(alarm);
  const guidance = pick(alarm.guidance_en, alarm.guidance_zh).split(STEP_END).map((step) => step.trim()).filter((step) => step !== '');
  return (
    <div className="drawer">
      <div>
        <div className="row">
          <PriorityMark priority={alarm.priority} acknowledged={!isUnacknowledged(alarm)} size={22} />
          <h2 className="drawer-title">{alarmTitle(text, alarm)}</h2>
        </div>
        <p className="label">
          {[alarmPlace(text, alarm), t('alarm.since', { time: formatNear(instant(alarm.raised_at), now, zone, language) }), word('alarmState', alarm.state)].filter(Boolean).join(' · ')}
        </p>
      </div>
      {(value !== null || left !== null) && (
        <div className="drawer-value">
          <span>
            <span className={tone}>{value ?? t('state.none')}</span>
            {limit !== null && !(left !== null && isTemperature(alarm)) && <span className="caption"> {t('alarm.limit', { limit })}</span>}
          </span>
          {left !== null && (
            <span className="number">
              <b className={tone}>{formatLeft(left * MINUTE_MS, language)}</b>
              <span className="caption">{limit !== null && isTemperature(alarm) ? t('alarm.toLimit', { limit }) : t('alarm.toBand')}</span>
            </span>
          )}
        </div>
      )}
      {probe && (
        <Suspense fallback={<div className="drawer-trend" />}>
          <div className="drawer-trend"><ProbeTrend probe={probe.id} envelope={envelope} /></div>
        </Suspense>
      )}
      <dl className="drawer-stake">
        <div><dd>{formatNumber(alarm.stake.bags)}</dd><dt>{t('common.bags', { n: alarm.stake.bags })}</dt></div>
        <div><dd>{formatNumber(alarm.stake.orders)}</dd><dt>{t('common.orders', { n: alarm.stake.orders })}</dt></div>
        <div><dd>{formatNumber(alarm.stake.hospitals)}</dd><dt>{t('common.hospitals', { n: alarm.stake.hospitals })}</dt></div>
      </dl>
      {guidance.length > 0 && (
        <section>
          <h3>{t('alarm.guidance')}</h3>
          <ol className="guidance">{guidance.map((step) => <li key={step}>{step}</li>)}</ol>
        </section>
      )}
      {isTemperature(alarm) && <p className="label"><Link to="/dispositions" data-testid="alarm-cases">{t('cases.ofAlarm')}</Link></p>}
      {alarm.suspended_until !== null && <p className="warning">◆ {t('alarm.suspendedUntil')} <Moment at={alarm.suspended_until} full /></p>}
      <AlarmActions alarm={alarm} />
      {endangered && <AlarmRescue key={alarm.id} alarm={alarm.id} />}
      <AlarmNotices alarm={alarm} />
      <AlarmStake alarm={alarm} withBags={!endangered} />
      <AlarmOccurrences alarm={alarm} />
      <AlarmJournal entries={alarm.journal} />
    </div>
  );
}
