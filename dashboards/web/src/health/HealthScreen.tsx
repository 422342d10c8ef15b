import { useText } from '../i18n/text';
import { DeadLettersPanel } from './DeadLettersPanel';
import { LedgerPanel } from './LedgerPanel';
import { ServicesPanel } from './ServicesPanel';
import { TroublesPanel } from './TroublesPanel';
import './HealthScreen.css';

/** For engineers: what runs, whether the ledger holds, and what could not be understood. */
export default function HealthScreen() {
  const { t } = useText();
  return (
    <div className="page page-scroll">
      <div className="title-row"><h1>{t('health.title')}</h1></div>
      <div className="health">
        <ServicesPanel />
        <LedgerPanel />
      </div>
      <TroublesPanel />
      <DeadLettersPanel />
    </div>
  );
}
