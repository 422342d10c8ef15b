import type { Passport } from '../api/types';
import { formatTemperature } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { Unconfirmed } from '../ui/Unconfirmed';
import { muteMinutes, namesOf } from './record';

/** Extremes, the out-of-control clock, what nobody knows, and the mean kinetic temperature with what it is not. */
export function FiguresPanel({ passport }: { passport: Passport }) {
  const { t, word, name, pick, language } = useText();
  const { clock } = passport;
  const places = namesOf(passport.stays, name);
  const mute = muteMinutes(passport.gaps);
  const loud = clock.verdict === 'not_for_reissue' ? 'high' : clock.verdict === null ? 'muted' : clock.verdict === 'ok' ? 'label' : 'warning';
  return (
    <Panel title={t('passport.figures')}>
      <dl className="facts passport-figures">
        <dt>{t('passport.warmest')}</dt>
        <dd data-testid="passport-warmest"><Extreme worst={passport.warmest} place={places(passport.warmest?.place ?? '')} /></dd>
        <dt>{t('passport.coldest')}</dt>
        <dd data-testid="passport-coldest"><Extreme worst={passport.coldest} place={places(passport.coldest?.place ?? '')} /></dd>
        <dt>{t('passport.clock')}</dt>
        <dd data-testid="passport-clock">
          <b>{formatMinutes(clock.minutes_total, language)}</b>{' '}
          <span className={loud}>{loud === 'high' || loud === 'warning' ? '▲ ' : ''}{clock.verdict === null ? t('exposure.noRule') : word('exposureVerdict', clock.verdict)}</span>
          {clock.running && <span className="warning"> · ▲ {t('passport.clockRuns')}</span>}
          <span className="caption passport-under">
            {t('passport.longest', { time: formatMinutes(clock.longest_min, language), n: clock.events })}
            {clock.minutes_unknown > 0 && <span className="warning"> · ▲ {t('passport.clockUnknown', { time: formatMinutes(clock.minutes_unknown, language) })}</span>}
            {' '}<Unconfirmed status={clock.source === null ? 'V' : clock.status} source={clock.source} />
          </span>
        </dd>
        <dt>{t('passport.unknown')}</dt>
        <dd data-testid="passport-unknown" className={mute > 0 ? 'warning' : ''}>{mute > 0 ? `◆ ${formatMinutes(mute, language)}` : t('passport.unknownNone')}</dd>
        <dt>{t('passport.mkt')}</dt>
        <dd data-testid="passport-mkt"><b>{passport.mkt_c === null ? t('state.none') : formatTemperature(passport.mkt_c)}</b> <b className="label">{t('passport.mktNever')}</b></dd>
      </dl>
      <p className="caption">{pick(passport.mkt_note_en, passport.mkt_note_zh)}</p>
    </Panel>
  );
}

function Extreme({ worst, place }: { worst: Passport['warmest']; place: string }) {
  const { t } = useText();
  if (worst === null) return <span className="warning">◆ {t('passport.nothingMeasured')}</span>;
  return <><b>{formatTemperature(worst.value_c)}</b> <span className="caption passport-under">{place} · <span className="mono">{worst.probe}</span> · <Moment at={worst.at} full /></span></>;
}
