import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Alarm } from '../api/types';
import { formatNumber } from '../format/number';
import { formatAge, formatLeft, instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { PriorityMark } from '../ui/PriorityMark';
import { AlarmGauge } from './AlarmGauge';
import { alarmTone } from './tone';
import { alarmPlace, alarmTitle, alarmValue, isTemperature, isUnacknowledged } from './wording';
import { envelopeOf } from '../plant/envelope';

interface Props {
  alarm: Alarm;
  selected: boolean;
  onSelect: () => void;
}

const QUIET: readonly Alarm['state'][] = ['shelved', 'suppressed', 'out_of_service', 'normal'];

/** One line of the list: bold until somebody has acknowledged it. */
export function AlarmRow({ alarm, selected, onSelect }: Props) {
  const text = useText();
  const { t, language } = text;
  const now = useDomainNow();
  const plant = useQuery(queries.plant());
  const envelope = isTemperature(alarm) ? envelopeOf(plant.data, alarm.place) : null;
  const unacknowledged = isUnacknowledged(alarm);
  const tone = alarmTone(alarm, envelope);
  const left = alarm.stake.minutes_left;
  const value = alarmValue(text, alarm.value, alarm.unit);
  const classes = [
    'can-open',
    unacknowledged ? 'alarm-row-new' : '',
    selected ? 'alarm-row-selected' : '',
    QUIET.includes(alarm.state) ? 'alarm-row-quiet' : '',
  ].join(' ');
  return (
    <tr className={classes} tabIndex={0} data-row data-testid="alarm-row" data-alarm-id={alarm.id} data-state={alarm.state} aria-selected={selected} onClick={onSelect} onFocus={onSelect}>
      <td><PriorityMark priority={alarm.priority} acknowledged={!unacknowledged} size={22} /></td>
      <td className="alarm-condition">
        <b>{alarmTitle(text, alarm)}</b>
        <span className="caption">
          {alarmPlace(text, alarm)}
          {alarm.group !== null && <> · {alarm.group.first_out === alarm.id && <b>{t('alarms.firstOut')} </b>}{t('alarms.inGroup', { title: text.pick(alarm.group.title_en, alarm.group.title_zh), n: alarm.group.count })}</>}
        </span>
      </td>
      <td className="number">
        <span className={`alarm-value ${tone === 'normal' ? '' : `strong ${tone}`}`}>{value ?? t('state.none')}</span>
      </td>
      <td className="alarm-gauge">{envelope && <AlarmGauge alarm={alarm} envelope={envelope} tone={tone} />}</td>
      <td className="number">{alarm.stake.bags > 0 ? formatNumber(alarm.stake.bags) : t('state.none')}</td>
      <td className={`number ${left === null ? '' : tone}`}>{left === null ? t('state.none') : <b>{formatLeft(left * MINUTE_MS, language)}</b>}</td>
      <td className="number">{now !== null && <AlarmAge alarm={alarm} now={now} />}</td>
      <td>{alarm.acknowledged_by ?? <span className="muted">{t('alarms.nobody')}</span>}</td>
    </tr>
  );
}

/** How long it has stood; for a shelved one, how long until it comes back by itself. */
function AlarmAge({ alarm, now }: { alarm: Alarm; now: number }) {
  const { t, language } = useText();
  if (alarm.state === 'shelved' && alarm.shelved_until !== null) {
    return t('alarms.shelvedLeft', { left: formatLeft(instant(alarm.shelved_until) - now, language) });
  }
  return formatAge(now - instant(alarm.raised_at), language);
}
