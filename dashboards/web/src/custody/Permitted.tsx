import type { CustodyDetail } from '../api/types';
import { refusalText } from '../bags/reasons';
import { useText } from '../i18n/text';

/** What may be done with the bag now, for the patient that was asked about; each refusal with every reason. */
export function Permitted({ actions, patient }: { actions: CustodyDetail['actions']; patient: string | null }) {
  const text = useText();
  return (
    <>
      <p className="caption">{patient === null ? text.t('custody.forNobody') : text.t('custody.forPatient', { patient })}</p>
      <dl className="permitted">
        {actions.map((action) => (
          <div key={action.act} style={{ display: 'contents' }}>
            <dt>{text.word('act', action.act)}</dt>
            <dd data-testid={`custody-permitted-${action.act}`} data-allowed={action.allowed}>{action.allowed ? `✓ ${text.t('bag.allowed')}` : refusalText(text, action)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
