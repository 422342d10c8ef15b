import type { Bag } from '../api/types';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { usePlaceNames } from '../plant/usePlaceNames';
import { placeName } from '../tasks/placeName';
import { formatTemperature } from '../format/number';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { Unconfirmed } from '../ui/Unconfirmed';
import { byWeight, exposureTone, type Exposure } from './exposure';

/** The out-of-control clock: how long in all, what the rule says of it, and each time of which it is made. */
export function BagExposure({ bag }: { bag: Bag }) {
  const { t, word, language } = useText();
  const { exposure } = bag;
  const tone = exposureTone(exposure);
  return (
    <Panel title={t('exposure.title')} caption={exposure.running ? <span className="warning">▲ {t('exposure.running')}</span> : undefined}>
      <p className="card-lead" data-testid="bag-exposure" data-verdict={exposure.verdict ?? ''}>
        <b className={tone === 'label' || tone === 'muted' ? '' : tone}>{formatMinutes(exposure.minutes_total, language)}</b>
        <span className={tone}>{tone === 'high' || tone === 'warning' ? '▲ ' : ''}{exposure.verdict === null ? t('exposure.noRule') : word('exposureVerdict', exposure.verdict)}</span>
        <Unconfirmed status={exposure.source === null ? 'V' : exposure.status} source={exposure.source} />
      </p>
      <p className="caption">
        {t('exposure.longest', { time: formatMinutes(exposure.longest_min, language) })}
        {exposure.minutes_unknown > 0 && <span className="warning"> · ▲ {t('exposure.unknown', { time: formatMinutes(exposure.minutes_unknown, language) })}</span>}
        {exposure.until !== null && <> · {t('exposure.until')} <Moment at={exposure.until} full /></>}
      </p>
      {exposure.events.length === 0 && <p className="muted">{t('exposure.none')}</p>}
      <ul className="lines bag-lines">{byWeight(exposure.events).map((event) => <ExposureLine key={event.out_at} event={event} />)}</ul>
    </Panel>
  );
}

function ExposureLine({ event }: { event: Exposure['events'][number] }) {
  const { t, word, language } = useText();
  const places = usePlaceNames();
  return (
    <li data-testid="exposure-event">
      <div className="lines-row">
        <span>{word('exposureCause', event.cause)} <span className="muted">{event.place === '' ? t('state.unknown') : placeName(event.place, places)}</span></span>
        <b>{formatMinutes(event.minutes, language)}</b>
      </div>
      <p className="caption">
        <Moment at={event.out_at} />
        {event.in_at === null ? ` · ${t('exposure.lasts')}` : <> – <Moment at={event.in_at} /></>}
        {' · '}{event.max_c === null ? <span className="warning">{t('exposure.unmeasured')}</span> : t('exposure.max', { value: formatTemperature(event.max_c) })}
      </p>
    </li>
  );
}
