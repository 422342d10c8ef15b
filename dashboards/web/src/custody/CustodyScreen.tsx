import { useSearchParams } from 'react-router';
import { useText } from '../i18n/text';
import { RequestsView } from '../registries/RequestsView';
import { Chips } from '../ui/Chips';
import { PatientsView } from './PatientsView';
import { StockView } from './StockView';
import './CustodyScreen.css';

const VIEWS = ['stock', 'patients', 'requests'] as const;

/** The hospital's own blood: what it has, for whom it was matched, to whom it went, what became of it. */
export default function CustodyScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'stock';
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('custody.title')}</h1>
        <span className="grow" />
        <Chips name="custody" label={t('custody.title')} value={view} onChange={(next) => setParams({ view: next })} options={VIEWS.map((value) => ({ value, label: t(`custody.view.${value}`) }))} />
      </div>
      {view === 'stock' && <StockView />}
      {view === 'patients' && <PatientsView />}
      {view === 'requests' && <RequestsView />}
    </div>
  );
}
