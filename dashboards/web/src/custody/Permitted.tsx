import type { CustodyDetail } from '../api/types';
import { refusalText } from '../bags/reasons';
import { useText } from '../i18n/text';

/** What may be done with the bag now for the patient that was chosen, each refusal with every reason; without one there is nothing to judge. */
export function Permitted({ actions, patient }: { actions: CustodyDetail['actions']; patient: string | null }) {
  const text = useText();
  if (patient === null) return <p className="caption">{text.t('custody.forNobody')}</p>;
  return (
    <>
      <p className="caption">{text.t('custody.forPatient', { patient })}</p>
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
