import { useSearchParams } from 'react-router';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { PlateletSearch } from './PlateletSearch';
import { RareSearch } from './RareSearch';
import { RequestsView } from './RequestsView';
import './RegistriesScreen.css';

const VIEWS = ['requests', 'platelets', 'rare'] as const;

/** Typed platelet donors and rare red cells, and the requests of hospitals that wait for them. */
export default function RegistriesScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'requests';
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('registry.title')}</h1>
        <span className="grow" />
        <Chips name="registry" label={t('registry.title')} value={view} onChange={(next) => setParams({ view: next })} options={VIEWS.map((value) => ({ value, label: t(`registry.view.${value}`) }))} />
      </div>
      {view === 'requests' && <RequestsView />}
      {view === 'platelets' && <PlateletSearch />}
      {view === 'rare' && <RareSearch />}
    </div>
  );
}
