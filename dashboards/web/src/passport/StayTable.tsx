import type { Passport } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { rangeText } from './passportOption';
import { heardAt, isLeg, type Segment, type Stay } from './record';

/** Stays x probes x readings: where it was, who watched there, and what each of them measured. */
export function StayTable({ passport }: { passport: Passport }) {
  const { t } = useText();
  return (
    <Panel title={t('passport.stays')} className="passport-panel">
      <table className="list passport-stays">
        <thead>
          <tr>
            <th className="number">#</th>
            <th>{t('passport.stay.place')}</th>
            <th>{t('bag.from')}</th>
            <th>{t('bag.to')}</th>
            <th className="number">{t('passport.stay.time')}</th>
            <th>{t('passport.stay.watch')}</th>
            <th className="number">{t('passport.stay.readings')}</th>
            <th className="number">{t('passport.stay.range')}</th>
            <th className="number">{t('passport.stay.mean')}</th>
          </tr>
        </thead>
        <tbody>
          {passport.stays.map((stay, nth) => <StayRows key={`${stay.place} ${stay.from_at}`} stay={stay} nth={nth + 1} heard={heardAt(passport.segments, stay)} />)}
        </tbody>
      </table>
    </Panel>
  );
}

function StayRows({ stay, nth, heard }: { stay: Stay; nth: number; heard: readonly Segment[] }) {
  const { t, word, name, language } = useText();
  const rows = Math.max(1, heard.length);
  const [first, ...more] = heard;
  return (
    <>
      <tr data-testid="passport-stay" data-place={stay.place}>
        <td className="number muted" rowSpan={rows}>{nth}</td>
        <td rowSpan={rows} title={stay.place}>{name(stay)}{isLeg(stay) && <span className="caption">{t('passport.leg')}</span>}</td>
        <td className="nowrap" rowSpan={rows}><Moment at={stay.from_at} /></td>
        <td className="nowrap" rowSpan={rows}>{stay.to_at === null ? t('bag.until') : <Moment at={stay.to_at} />}</td>
        <td className="number" rowSpan={rows}>{formatMinutes(stay.minutes, language)}</td>
        {first === undefined ? <td colSpan={4}><span className={stay.watch === 'probed' ? 'warning' : 'muted'}>{stay.watch === 'probed' && '◆ '}{word('watch', stay.watch)}</span></td> : <Heard segment={first} />}
      </tr>
      {more.map((segment) => <tr key={segment.probe}><Heard segment={segment} /></tr>)}
    </>
  );
}

function Heard({ segment }: { segment: Segment }) {
  const { t, word } = useText();
  const { min_c: low, mean_c: mean, max_c: high } = segment;
  return (
    <>
      <td className="nowrap passport-heard"><span className="mono">{segment.probe}</span> <span className="muted">{word('probeKind', segment.probe_kind)}</span></td>
      <td className="number">{segment.readings === 0 ? <span className="warning">◆ {t('passport.noReadings')}</span> : formatNumber(segment.readings)}</td>
      <td className="number">{low === null || high === null ? t('state.none') : rangeText(low, high)}</td>
      <td className="number">{mean === null ? t('state.none') : formatTemperature(mean)}</td>
    </>
  );
}
