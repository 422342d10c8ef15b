import { NavLink, useLocation } from 'react-router';
import { useText } from '../i18n/text';
import { isWork, WORK } from './places';
import './WorkBar.css';

/** The stations of the work, below the bar, while one of them is on the screen. */
export function WorkBar() {
  const { t } = useText();
  const { pathname } = useLocation();
  if (!isWork(pathname)) return null;
  return (
    <nav className="workbar" aria-label={t('nav.work')}>
      {WORK.map(({ id, to, key }) => <NavLink key={id} to={to} data-testid={`nav-${id}`}>{t(key)}</NavLink>)}
    </nav>
  );
}
