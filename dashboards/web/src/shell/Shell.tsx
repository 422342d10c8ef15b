import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { ErrorBoundary } from '../app/ErrorBoundary';
import { isHospital, useSession } from '../session/SessionContext';
import { Skeleton } from '../ui/Skeleton';
import { AlarmAnnouncer } from './AlarmAnnouncer';
import { AppBar } from './AppBar';
import { HelpDialog } from './HelpDialog';
import { OfflineStrip } from './OfflineStrip';
import { usePlaces } from './usePlaces';
import { useShortcuts } from './useShortcuts';
import { WorkBar } from './WorkBar';
import './Shell.css';

/** Screens with a scan field of their own. */
const SCANS_ITSELF: ReadonlySet<string> = new Set(['/tasks']);

/** The frame of every signed-in screen. */
export function Shell() {
  const { t } = useText();
  const { session } = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [help, setHelp] = useState(false);
  useQuery(queries.plant());
  const go = (path: string) => () => void navigate(path);
  const hospital = isHospital(session);
  const places = usePlaces();
  useShortcuts({
    help: () => setHelp(true),
    ...Object.fromEntries(places.flatMap(({ chord, to }) => (chord === undefined ? [] : [[`go:${chord}`, go(to)]]))),
    ...(hospital || SCANS_ITSELF.has(pathname) ? {} : { scan: go('/bags?scan=1') }),
  });
  return (
    <div className="shell">
      <a className="skip" href="#content">{t('nav.skip')}</a>
      <AppBar onHelp={() => setHelp(true)} />
      {!hospital && <WorkBar />}
      <OfflineStrip />
      {!hospital && <AlarmAnnouncer />}
      <main id="content" className="shell-content">
        <Suspense fallback={<div className="page"><Skeleton rows={8} /></div>}>
          <ErrorBoundary key={pathname}>
            <Outlet />
          </ErrorBoundary>
        </Suspense>
      </main>
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </div>
  );
}
