import { useQuery } from '@tanstack/react-query';
import { Dropdown, type MenuProps } from 'antd';
import { queries } from '../api/queries';
import { usePreferences } from '../app/preferences';
import { useNavigate } from 'react-router';
import { useText } from '../i18n/text';
import { isHospital, useSession } from '../session/SessionContext';

/** Who is signed in, and what this person may set for this browser. */
export function PersonMenu({ onHelp }: { onHelp: () => void }) {
  const { t, word, name } = useText();
  const { session, leave } = useSession();
  const { theme, setTheme, shortcuts, setShortcuts } = usePreferences();
  const navigate = useNavigate();
  const plant = useQuery(queries.plant());
  const hospital = plant.data?.hospitals.find((candidate) => candidate.id === session.hospital);
  const role = session.roles[0];
  const lead = hospital ? name(hospital) : role ? word('role', role) : '';
  const person = session.name === hospital?.name_en ? '' : session.name;
  const items: MenuProps['items'] = [
    { key: 'theme', label: t(theme === 'dark' ? 'bar.theme.light' : 'bar.theme.dark'), onClick: () => setTheme(theme === 'dark' ? 'light' : 'dark') },
    { key: 'keys', label: t(shortcuts ? 'bar.shortcuts.on' : 'bar.shortcuts.off'), onClick: () => setShortcuts(!shortcuts) },
    ...(isHospital(session) ? [] : [{ key: 'wall', label: t('wall.open'), onClick: () => void navigate('/wall') }]),
    { key: 'help', label: t('bar.help'), onClick: onHelp },
    { type: 'divider' },
    { key: 'leave', label: t('session.leave'), onClick: leave },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <button type="button" className="person ellipsis" aria-label={t('bar.person')} data-testid="person-menu">
        {[...new Set([lead, person])].filter(Boolean).join(' · ')}
      </button>
    </Dropdown>
  );
}
