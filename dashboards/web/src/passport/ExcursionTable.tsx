import type { Passport } from '../api/types';
import { formatLimit, formatTemperature } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { CaseLink } from './CaseLink';
import { namesOf } from './record';
import { together } from './together';

/** Every excursion of a probe beside the bag, and what it means for this one. */
export function ExcursionTable({ passport }: { passport: Passport }) {
  const { t, word, name, language } = useText();
  const places = namesOf(passport.stays, name);
  return (
    <Panel title={t('passport.excursions')} className="passport-panel">
      {passport.excursions.length === 0 ? <p className="muted">{t('passport.noExcursions')}</p> : (
        <table className="list">
          <thead>
            <tr>
              <th>{t('passport.stay.watch')}</th>
              <th>{t('passport.stay.place')}</th>
              <th>{t('bag.from')}</th>
              <th>{t('bag.to')}</th>
              <th className="number">{t('passport.stay.time')}</th>
              <th className="number">{t('passport.limit')}</th>
              <th className="number">{t('passport.worst')}</th>
              <th>{t('passport.forBag')}</th>
              <th>{t('passport.case')}</th>
            </tr>
          </thead>
          <tbody>
            {together(passport.excursions).map((one) => {
              const tone = one.verdict !== 'outside' ? '' : one.side === 'above' ? 'high' : 'low';
              return (
                <tr key={`${one.id} ${one.probe} ${one.from_at}`} data-times={one.times} data-testid="passport-excursion" data-verdict={one.verdict}>
                  <td className="nowrap"><span className="mono">{one.probe}</span> <span className="muted">{word('probeKind', one.probe_kind)}</span></td>
                  <td>{places(one.place)}</td>
                  <td className="nowrap"><Moment at={one.from_at} /></td>
                  <td className="nowrap">{one.to_at === null ? <b className="high">{t('passport.lasts')}</b> : <Moment at={one.to_at} />}</td>
                  <td className="number">{formatMinutes(one.minutes, language)}{one.times > 1 && <span className="caption">{t('passport.times', { n: one.times })}</span>}</td>
                  <td className="number">{word('limitSide', one.side)} {`${formatLimit(one.limit_c)}\u00a0°C`}</td>
                  <td className="number"><b className={tone}>{one.side === 'above' ? '▲' : '▼'} {formatTemperature(one.worst_c)}</b></td>
                  <td className={tone}>{word('excursionVerdict', one.verdict)}</td>
                  <td><CaseLink id={one.disposition} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
