import { Link } from 'react-router';
import { useText } from '../i18n/text';
import { isHospital, useSession } from '../session/SessionContext';

/** To the case that asks people about it; a hospital has no such screen. */
export function CaseLink({ id }: { id: string | null }) {
  const { t } = useText();
  const { session } = useSession();
  if (id === null) return <span className="muted">{t('state.none')}</span>;
  if (isHospital(session)) return <span className="mono">{id}</span>;
  return <Link to={`/dispositions?id=${encodeURIComponent(id)}`} data-testid="passport-case">{t('passport.toCase')}</Link>;
}
