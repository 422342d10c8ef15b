import { Link, NavLink, useLocation } from 'react-router';
import { usePreferences } from '../app/preferences';
import { useText } from '../i18n/text';
import { useClock } from '../live/LiveContext';
import { isEngineer, isHospital, useSession } from '../session/SessionContext';
import { AlarmCounts } from './AlarmCounts';
import { DomainClock } from './DomainClock';
import { Freshness } from './Freshness';
import { Logo } from './Logo';
import { PersonMenu } from './PersonMenu';
import { ENGINEER, HOSPITAL, rowOf, ROWS, WATCH, type Place } from './places';
import './AppBar.css';

/** The bar every screen wears: where am I, what is wrong, how fresh is what I see, who am I. */
export function AppBar({ onHelp }: { onHelp: () => void }) {
  const { t, name } = useText();
  const { language, setLanguage } = usePreferences();
  const { session } = useSession();
  const clock = useClock();
  const hospital = isHospital(session);
  const { pathname } = useLocation();
  const link = ({ to, key, id }: Place) => <NavLink key={id} to={to} end={to === '/'} data-testid={`nav-${id}`}>{t(key)}</NavLink>;
  return (
    <header className="bar">
      <Logo />
      <nav aria-label={t('nav.label')}>
        {(hospital ? HOSPITAL : WATCH).map(link)}
        {!hospital && ROWS.map((row) => (
          <Link key={row.id} to={row.places[0]?.to ?? '/'} className={rowOf(pathname) === row ? 'active' : ''} data-testid={`nav-${row.id}`}>{t(row.key)}</Link>
        ))}
        {!hospital && isEngineer(session) && ENGINEER.map(link)}
      </nav>
      <span className="grow" />
      {clock && <span className="bar-site ellipsis">{name(clock.site)}</span>}
      {clock?.simulated && <span className="simulated" title={t('bar.simulatedWhole')}>{t('bar.simulated')}</span>}
      {!hospital && <AlarmCounts />}
      <Freshness />
      <DomainClock />
      <button
        type="button"
        className="language"
        data-testid="lang-switch"
        aria-label={t('bar.languageLabel')}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {t('bar.language')}
      </button>
      <PersonMenu onHelp={onHelp} />
    </header>
  );
}
