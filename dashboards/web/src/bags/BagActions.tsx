import type { Bag } from '../api/types';
import { useText } from '../i18n/text';
import { Panel } from '../ui/Panel';
import { HoldBag } from './HoldBag';
import { LiftHold } from './LiftHold';
import { refusalText } from './reasons';

/** Every act of a bag, the allowed ones first, the refused ones with what would change it; none is hidden. */
export function BagActions({ bag }: { bag: Bag }) {
  const text = useText();
  const actions = [...bag.actions].sort((a, b) => Number(b.allowed) - Number(a.allowed));
  return (
    <Panel title={text.t('bag.actions')}>
      <ul className="bag-acts">
        <HoldBag bag={bag} />
        {bag.hold_list.map((hold) => <LiftHold key={hold.id} bag={bag} hold={hold} />)}
        {actions.map((action) => (
          <li key={action.act} data-testid={`bag-act-${action.act}`} data-allowed={action.allowed}>
            <span className={`bag-act ${action.allowed ? '' : 'bag-act-refused'}`}>{text.word('act', action.act)}</span>
            <span className={action.allowed ? 'label' : 'muted'}>{action.allowed ? text.t('bag.allowed') : refusalText(text, action)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
