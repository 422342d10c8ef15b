import type { Passport } from '../api/types';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { Unconfirmed } from '../ui/Unconfirmed';
import { namesOf, type Stay } from './record';

type Agitation = NonNullable<Passport['agitation']>;

/** Platelets at rest: how long at once and in all, against what their profile permits, and what nobody saw. */
export function AgitationPanel({ agitation, stays }: { agitation: Agitation; stays: readonly Stay[] }) {
  const { t, name, language } = useText();
  const places = namesOf(stays, name);
  const { kept } = agitation;
  const most = (minutes: number | null) => (minutes === null ? null : <span className="muted"> {t('passport.rest.most', { time: formatMinutes(minutes, language) })}</span>);
  return (
    <Panel title={t('passport.agitation')} className="passport-panel" caption={<Unconfirmed status={agitation.status} source={agitation.source} />}>
      <p data-testid="passport-agitation" data-kept={String(kept)} className={kept === null ? 'warning' : kept ? '' : 'high'}>
        <b>{kept === null ? `◆ ${t('passport.agitation.open')}` : kept ? `✓ ${t('passport.agitation.kept')}` : `▲ ${t('passport.agitation.broken')}`}</b>
      </p>
      <dl className="facts">
        <dt>{t('passport.rest.longest')}</dt>
        <dd>{formatMinutes(agitation.longest_min, language)}{most(agitation.max_single_min)}</dd>
        <dt>{t('passport.rest.total')}</dt>
        <dd>{formatMinutes(agitation.total_min, language)}{most(agitation.max_total_min)}</dd>
        <dt>{t('passport.rest.unknown')}</dt>
        <dd className={agitation.unknown_min > 0 ? 'warning' : ''}>{formatMinutes(agitation.unknown_min, language)}</dd>
      </dl>
      {agitation.rests.length === 0 && <p className="muted">{t('passport.rest.none')}</p>}
      <ul className="lines">
        {agitation.rests.map((rest) => (
          <li key={`${rest.place} ${rest.from_at}`} data-testid="passport-rest">
            <div className="lines-row"><span>{places(rest.place)} <span className={rest.known ? 'muted' : 'warning'}>{t(rest.known ? 'passport.rest.known' : 'passport.rest.maybe')}</span></span><b>{formatMinutes(rest.minutes, language)}</b></div>
            <p className="caption"><Moment at={rest.from_at} /> – <Moment at={rest.to_at} /></p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
