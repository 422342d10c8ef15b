import { useSearchParams } from 'react-router';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { DiscardWork } from './DiscardWork';
import { IndicatorsView } from './IndicatorsView';
import { RecordView } from './RecordView';
import './DiscardsScreen.css';

const VIEWS = ['discard', 'record', 'indicators'] as const;

/** What is destroyed and why, what was destroyed, and how much that is of everything made. */
export default function DiscardsScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'discard';
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('discards.title')}</h1>
        <span className="grow" />
        <Chips name="discards" label={t('discards.title')} value={view} onChange={(next) => setParams({ view: next })} options={VIEWS.map((value) => ({ value, label: t(`discards.view.${value}`) }))} />
      </div>
      {view === 'discard' && <DiscardWork />}
      {view === 'record' && <RecordView />}
      {view === 'indicators' && <IndicatorsView />}
    </div>
  );
}
