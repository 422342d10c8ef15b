import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import { useText } from '../i18n/text';
import { useClock, useFreshness } from '../live/LiveContext';
import OverviewScreen from '../overview/OverviewScreen';
import { AlarmAnnouncer } from '../shell/AlarmAnnouncer';
import { DomainClock } from '../shell/DomainClock';
import { Freshness } from '../shell/Freshness';
import { OfflineStrip } from '../shell/OfflineStrip';
import { soundOf } from './pattern';
import { useSound } from './useSound';
import './WallScreen.css';

/** The board for a panel at five metres: no bar, no mouse, and a sound until somebody acts. */
export default function WallScreen() {
  const { t, name } = useText();
  const clock = useClock();
  const lost = useFreshness() === 'lost';
  const wall = useQuery(coldQueries.wall());
  const { state, switchOn, tryOut } = useSound(soundOf(wall.data, lost));
  const calling = wall.data?.items.filter((item) => item.sound !== 'none') ?? [];
  return (
    <div className="wall" data-testid="wall" data-sound={soundOf(wall.data, lost)}>
      <header className="wall-head">
        <b className="ellipsis">{clock ? name(clock.site) : ''}</b>
        <span className="muted">{t('wall.title')}</span>
        <span className="grow" />
        <span className={lost || calling.length > 0 ? 'wall-calling' : 'muted'} role="status">{lost ? `▲ ${t('wall.lost')}` : calling.length > 0 ? `▲ ${t('wall.sounding', { n: calling.length })}` : t('wall.quiet')}</span>
        {state === 'off' && <button type="button" className="wall-sound off" data-testid="wall-sound" onClick={switchOn}>◆ {t('wall.soundOff')}</button>}
        {state === 'on' && <button type="button" className="wall-sound" data-testid="wall-try" title={t('wall.try')} onClick={tryOut}>♪ {t('wall.soundOn')}</button>}
        {state === 'impossible' && <b className="wall-sound off">◆ {t('wall.noAudio')}</b>}
        <Freshness />
        <DomainClock />
        <Link to="/" className="wall-leave" aria-label={t('wall.leave')} title={t('wall.leave')}>✕</Link>
      </header>
      <OfflineStrip />
      <AlarmAnnouncer />
      <main className="wall-board"><OverviewScreen /></main>
    </div>
  );
}
