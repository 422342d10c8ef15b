import { NavLink, useLocation } from 'react-router';
import { useText } from '../i18n/text';
import { rowOf } from './places';
import './WorkBar.css';

/** The screens of a row, the work's or the quality desk's, below the bar, while one of them is open. */
export function WorkBar() {
  const { t } = useText();
  const { pathname } = useLocation();
  const row = rowOf(pathname);
  if (row === null) return null;
  return (
    <nav className="workbar" aria-label={t(row.key)}>
      {row.places.map(({ id, to, key }) => <NavLink key={id} to={to} data-testid={`nav-${id}`}>{t(key)}</NavLink>)}
    </nav>
  );
}
