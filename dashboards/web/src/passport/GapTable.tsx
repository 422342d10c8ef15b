import type { Passport } from '../api/types';
import { formatNumber } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { rangeText } from './passportOption';
import { isMute, namesOf, type Gap } from './record';

/** Times for which the core's own probe does not speak, with the band in which the temperature was all the same. */
export function GapTable({ passport }: { passport: Passport }) {
  const { t, word, name, language } = useText();
  const places = namesOf(passport.stays, name);
  return (
    <Panel title={t('passport.gaps')} className="passport-panel">
      {passport.gaps.length === 0 ? <p className="muted">{t('passport.noGaps')}</p> : (
        <table className="list">
          <thead>
            <tr>
              <th>{t('passport.stay.place')}</th>
              <th>{t('bag.from')}</th>
              <th className="number">{t('passport.stay.time')}</th>
              <th>{t('passport.gap.why')}</th>
              <th>{t('passport.gap.band')}</th>
            </tr>
          </thead>
          <tbody>
            {passport.gaps.map((gap) => (
              <tr key={`${gap.place} ${gap.from_at} ${gap.reason}`} data-testid="passport-gap" data-inside={gap.inside}>
                <td>{places(gap.place)}</td>
                <td className="nowrap"><Moment at={gap.from_at} /></td>
                <td className="number">{isMute(gap) ? <b className={gap.inside ? '' : 'warning'}>{formatMinutes(gap.minutes, language)}</b> : formatMinutes(gap.minutes, language)}</td>
                <td>{word('gapReason', gap.reason)}</td>
                <td><Band gap={gap} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Band({ gap }: { gap: Gap }) {
  const { t, word } = useText();
  const { min_c: low, max_c: high, uncertainty_c: width } = gap;
  if (low === null || high === null) return <b className="warning">◆ {t('passport.gap.anything')}</b>;
  return (
    <>
      <b className={gap.inside ? '' : 'warning'}>{!gap.inside && '◆ '}{rangeText(low, high)}</b>
      {width !== null && <span className="muted"> {t('passport.gap.width', { half: formatNumber(width / 2, 1) })}</span>}
      <span className="caption">{word('gapBasis', gap.basis)}{gap.probe !== null && <span className="mono"> {gap.probe}</span>}{gap.inside && ` · ${t('passport.gap.inside')}`}</span>
    </>
  );
}
