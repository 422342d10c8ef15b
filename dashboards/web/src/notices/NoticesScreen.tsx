import { useSearchParams } from 'react-router';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { ChannelsView } from './ChannelsView';
import { LadderView } from './LadderView';
import { OutboxView } from './OutboxView';
import { ResponsesView } from './ResponsesView';
import { RotaView } from './RotaView';
import { UntoldPanel } from './UntoldPanel';
import './notices.css';

const VIEWS = ['told', 'rota', 'ladder', 'channels', 'answers'] as const;

/** Who is told of an alarm: the messages and their proof, who is on duty, the ladder, the channels, and who answered. */
export default function NoticesScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'told';
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('notices.title')}</h1>
        <span className="grow" />
        <Chips name="notices" label={t('notices.title')} value={view} onChange={(next) => setParams(next === 'told' ? {} : { view: next })} options={VIEWS.map((value) => ({ value, label: t(`notices.view.${value}`) }))} />
      </div>
      <UntoldPanel />
      {view === 'told' && <OutboxView />}
      {view === 'rota' && <RotaView />}
      {view === 'ladder' && <LadderView />}
      {view === 'channels' && <ChannelsView />}
      {view === 'answers' && <ResponsesView />}
    </div>
  );
}
