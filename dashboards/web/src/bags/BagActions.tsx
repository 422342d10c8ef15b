import type { Bag } from '../api/types';
import { useText } from '../i18n/text';
import { Panel } from '../ui/Panel';
import { HoldBag } from './HoldBag';
import { LiftHold } from './LiftHold';
import { ownReasons, reasonsText, refusalText, sharedReasons } from './reasons';

/** Every act of a bag: what is permitted now, and why the others are not; what stops all of those is said once. */
export function BagActions({ bag }: { bag: Bag }) {
  const text = useText();
  const { t, word } = text;
  const permitted = bag.actions.filter(({ allowed }) => allowed);
  const refused = bag.actions.filter(({ allowed }) => !allowed);
  const shared = sharedReasons(bag.actions);
  return (
    <Panel title={t('bag.actions')}>
      <ul className="bag-acts">
        <HoldBag bag={bag} />
        {bag.hold_list.map((hold) => <LiftHold key={hold.id} bag={bag} hold={hold} />)}
        {permitted.map(({ act }) => (
          <li key={act} data-testid={`bag-act-${act}`} data-allowed="true">
            <span className="bag-act">{word('act', act)}</span>
            <span className="label">{t('bag.allowed')}</span>
          </li>
        ))}
        {shared.length > 0 && (
          <li className="bag-act-shared" data-testid="bag-act-shared">
            <b>{t('actions.whyNot')}</b>
            <span className="warning">▲ {reasonsText(text, { reasons: shared })}</span>
          </li>
        )}
        {refused.map((action) => {
          const own = ownReasons(action, shared);
          return (
            <li key={action.act} data-testid={`bag-act-${action.act}`} data-allowed="false">
              <span className="bag-act bag-act-refused">{word('act', action.act)}</span>
              <span className="muted">{own.length > 0 ? refusalText(text, { reasons: own }) : t('actions.asAbove')}</span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
