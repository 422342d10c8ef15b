import { useSearchParams } from 'react-router';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { BandsView } from './BandsView';
import { BoardView } from './BoardView';
import './ProvinceScreen.css';

const VIEWS = ['board', 'bands'] as const;

/** What every house of the province holds, what could be sent where, and the bands that stock is judged by. */
export default function ProvinceScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'board';
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('province.title')}</h1>
        <span className="grow" />
        <Chips name="province" label={t('province.title')} value={view} onChange={(next) => setParams({ view: next })} options={VIEWS.map((value) => ({ value, label: t(`province.view.${value}`) }))} />
      </div>
      {view === 'board' ? <BoardView /> : <BandsView />}
    </div>
  );
}
