import { NavLink } from 'react-router';
import { usePreferences } from '../app/preferences';
import { useText, type TextKey } from '../i18n/text';
import { useClock } from '../live/LiveContext';
import { isEngineer, isHospital, useSession } from '../session/SessionContext';
import { AlarmCounts } from './AlarmCounts';
import { DomainClock } from './DomainClock';
import { Freshness } from './Freshness';
import { Logo } from './Logo';
import { PersonMenu } from './PersonMenu';
import './AppBar.css';

interface NavItem {
  to: string;
  key: TextKey;
  id: string;
}

const CENTRE: NavItem[] = [
  { to: '/', key: 'nav.overview', id: 'overview' },
  { to: '/floor', key: 'nav.floor', id: 'floor' },
  { to: '/alarms', key: 'nav.alarms', id: 'alarms' },
  { to: '/bags', key: 'nav.bags', id: 'bags' },
  { to: '/orders', key: 'nav.orders', id: 'orders' },
  { to: '/tasks', key: 'nav.tasks', id: 'tasks' },
];
const ENGINEER: NavItem[] = [{ to: '/health', key: 'nav.health', id: 'health' }];
const HOSPITAL: NavItem[] = [
  { to: '/orders', key: 'nav.orders', id: 'orders' },
  { to: '/shipments', key: 'nav.shipments', id: 'shipments' },
];

/** The bar every screen wears: where am I, what is wrong, how fresh is what I see, who am I. */
export function AppBar({ onHelp }: { onHelp: () => void }) {
  const { t, name } = useText();
  const { language, setLanguage } = usePreferences();
  const { session } = useSession();
  const clock = useClock();
  const hospital = isHospital(session);
  const items = hospital ? HOSPITAL : [...CENTRE, ...(isEngineer(session) ? ENGINEER : [])];
  return (
    <header className="bar">
      <Logo />
      <nav aria-label={t('nav.label')}>
        {items.map(({ to, key, id }) => (
          <NavLink key={id} to={to} end={to === '/'} data-testid={`nav-${id}`}>{t(key)}</NavLink>
        ))}
      </nav>
      <span className="grow" />
      {clock && <span className="bar-site ellipsis">{name(clock.site)}</span>}
      {clock?.simulated && <span className="simulated" title={t('bar.simulated')}>{t('bar.simulated')}</span>}
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
