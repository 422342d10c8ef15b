import type { Passport } from '../api/types';
import { formatLimit, formatTemperature } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { Unconfirmed } from '../ui/Unconfirmed';
import { byWeight, muteMinutes, versionOf, type RecordLimit } from './record';

/** Every limit that ever held for the bag: for how long it was passed and how far, and where the figure comes from. */
export function LimitTable({ passport }: { passport: Passport }) {
  const { t, word, language } = useText();
  const mute = muteMinutes(passport.gaps);
  const caption = mute > 0 ? <span className="warning">◆ {t('passport.limitsUnknown', { time: formatMinutes(mute, language) })}</span> : undefined;
  return (
    <Panel title={t('passport.limits')} caption={caption} className="passport-panel">
      {passport.limits.length === 0 ? <p className="muted">{t('passport.noLimits')}</p> : (
        <table className="list">
          <thead>
            <tr>
              <th>{t('passport.limit')}</th>
              <th>{t('passport.held')}</th>
              <th className="number">{t('passport.outside')}</th>
              <th className="number">{t('passport.worst')}</th>
              <th>{t('passport.source')}</th>
            </tr>
          </thead>
          <tbody>
            {byWeight(passport.limits).map((limit) => (
              <tr key={`${limit.kind} ${limit.side} ${limit.value_c} ${limit.source} ${limit.from_at}`} data-testid="passport-limit" data-kind={limit.kind} data-minutes={limit.minutes}>
                <td className="nowrap">{word('limitSide', limit.side)} <b>{`${formatLimit(limit.value_c)}\u00a0°C`}</b> <span className="muted">{word('limitKind', limit.kind)}</span></td>
                <td className="nowrap"><Moment at={limit.from_at} /> – <Moment at={limit.to_at} /></td>
                <td className="number"><Outside limit={limit} /></td>
                <td className="number">{limit.worst_c === null ? t('state.none') : formatTemperature(limit.worst_c)}</td>
                <td className="passport-source"><Source limit={limit} /> <Unconfirmed status={limit.status} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** Limits of the places are named by their range and version in the reader's language; a law is cited as it is. */
function Source({ limit }: { limit: RecordLimit }) {
  const { t, word } = useText();
  const own = versionOf(limit.source);
  return own === null ? limit.source : t('passport.limitsOf', { range: word('envelope', own.envelope), n: own.version });
}

function Outside({ limit }: { limit: RecordLimit }) {
  const { language } = useText();
  if (limit.minutes === 0) return <span className="muted">{formatMinutes(0, language)}</span>;
  const tone = limit.kind === 'alert' ? '' : limit.side === 'above' ? 'high' : 'low';
  return <b className={tone}>{limit.side === 'above' ? '▲' : '▼'} {formatMinutes(limit.minutes, language)}</b>;
}
