import type { LoggerPreview } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';

/** What a logger's file holds, and what in it is outside, missing or doubtful. */
export function LoggerHolds({ preview, hasBox }: { preview: LoggerPreview; hasBox: boolean }) {
  const { t, word, pick, language } = useText();
  return (
    <section data-testid="logger-holds">
      <h3>{t('loggers.holds')}</h3>
      <dl className="facts">
        <dt>{t('loggers.format')}</dt><dd>{word('loggerFormat', preview.format)}</dd>
        <dt>{t('loggers.serial')}</dt><dd>{[preview.device, preview.serial, preview.firmware].filter((one) => one !== null).join(' · ') || t('state.unknown')}</dd>
        <dt>{t('loggers.period')}</dt><dd><Moment at={preview.from_at} full /> – <Moment at={preview.to_at} full /></dd>
        {preview.readings !== null && <><dt>{t('loggers.readings')}</dt><dd>{formatNumber(preview.readings)}</dd></>}
        {preview.interval_s !== null && <><dt>{t('loggers.interval')}</dt><dd>{formatMinutes(preview.interval_s / 60, language)}</dd></>}
        {preview.days !== null && <><dt>{t('loggers.days')}</dt><dd>{formatNumber(preview.days.length)}</dd></>}
        <dt>{t('loggers.range')}</dt><dd>{formatNumber(preview.min_c, 1)}, {formatNumber(preview.mean_c, 1)}, {formatTemperature(preview.max_c)}</dd>
        {preview.mkt_c !== null && <><dt>{t('loggers.mkt')}</dt><dd>{formatTemperature(preview.mkt_c)}</dd></>}
      </dl>
      {preview.days === null && (
        <>
          <h3>{t('loggers.excursions')}</h3>
          {preview.excursions.length === 0 && <p className="muted">{t(hasBox ? 'loggers.noExcursion' : 'loggers.noBox')}</p>}
          <ul className="lines">{preview.excursions.map((one) => <li key={one.from_at} className="lines-row"><Moment at={one.from_at} /><b>{formatMinutes(one.minutes, language)}</b><b className={one.kind === 'above' ? 'high' : 'low'}>{one.kind === 'above' ? '▲' : '▼'} {formatTemperature(one.worst_c)}</b></li>)}</ul>
        </>
      )}
      {preview.alarms.length > 0 && (
        <>
          <h3>{t('loggers.alarms')}</h3>
          <ul className="lines">{preview.alarms.map((one) => <li key={`${one.day}${one.kind}`}><b className={one.kind === 'above' ? 'high' : 'low'}>{one.kind === 'above' ? '▲' : '▼'}</b> {t('loggers.alarmLine', { day: one.day, since: one.since, minutes: formatMinutes(one.minutes, language) })}</li>)}</ul>
        </>
      )}
      {preview.gaps.length > 0 && (
        <>
          <h3>{t('loggers.gaps')}</h3>
          <ul className="lines">{preview.gaps.map((one) => <li key={one.from_at} className="lines-row"><span><Moment at={one.from_at} /> – <Moment at={one.to_at} /></span><b>{formatMinutes(one.minutes, language)}</b></li>)}</ul>
        </>
      )}
      {preview.faults.length > 0 && (
        <>
          <h3 className="warning">◆ {t('loggers.faults')}</h3>
          <ol className="faults">{preview.faults.map(({ where, detail, detail_zh: chinese }, nth) => <li key={nth}><b className="nowrap">{where}</b> <span>{pick(detail, chinese ?? detail)}</span></li>)}</ol>
        </>
      )}
      <p className="caption mono ellipsis" title={preview.sha256}>SHA-256 {preview.sha256}</p>
    </section>
  );
}
