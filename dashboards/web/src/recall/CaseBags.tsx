import { Checkbox } from 'antd';
import { useText } from '../i18n/text';
import { byHolder, type HolderGroup } from './grouping';
import { BagCells } from './ReachView';
import type { Recall, RecallBag } from './types';
import { useHolderName } from './useHolderName';

interface Props {
  recall: Recall;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

/** Every bag of a case under who has it, with its outcome; those that wait for one can be chosen. */
export function CaseBags({ recall, chosen, onChoose }: Props) {
  return byHolder(recall.bags).map((group) => <CaseGroup key={group.key} group={group} open={recall.state === 'open'} chosen={chosen} onChoose={onChoose} />);
}

interface GroupProps {
  group: HolderGroup;
  open: boolean;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

function CaseGroup({ group, open, chosen, onChoose }: GroupProps) {
  const { t } = useText();
  const holderName = useHolderName();
  const holder = holderName(group);
  const choosable = group.bags.filter((bag) => bag.possible_outcomes.length > 0 && bag.outcome === null);
  const all = choosable.length > 0 && choosable.every(({ bag }) => chosen.has(bag));
  const some = choosable.some(({ bag }) => chosen.has(bag));
  const put = (bags: readonly RecallBag[], on: boolean) => {
    const next = new Set(chosen);
    for (const { bag } of bags) {
      if (on) next.add(bag);
      else next.delete(bag);
    }
    onChoose(next);
  };
  return (
    <section className="recall-group" data-testid="recall-holder" data-holder={group.key}>
      <h3>
        {open && choosable.length > 0 && <Checkbox checked={all} indeterminate={some && !all} aria-label={t('recall.chooseAll', { holder })} onChange={(event) => put(choosable, event.target.checked)} />}
        {holder} <span className="muted">{t('recall.noticeBags', { n: group.bags.length })}</span>
      </h3>
      <table className="list">
        <tbody>
          {group.bags.map((bag) => (
            <tr key={bag.bag} data-testid="recall-bag" data-bag={bag.bag} data-outcome={bag.outcome ?? ''} className={chosen.has(bag.bag) ? 'in-hand' : ''}>
              {open && (
                <td className="recall-check">
                  {bag.possible_outcomes.length > 0 && <Checkbox checked={chosen.has(bag.bag)} aria-label={t('recall.choose', { bag: bag.bag })} onChange={(event) => put([bag], event.target.checked)} />}
                </td>
              )}
              <BagCells bag={bag}><OutcomeCell bag={bag} /></BagCells>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function OutcomeCell({ bag }: { bag: RecallBag }) {
  const { t, word } = useText();
  return (
    <td title={bag.outcome_comment ?? undefined}>
      {bag.outcome === null ? <span className="warning">▲ {word('recallOutcome', 'none')}</span> : word('recallOutcome', bag.outcome)}
      <span className="caption">{[bag.frozen ? t('recall.isFrozen') : '', bag.outcome_by ?? ''].filter(Boolean).join(' · ')}</span>
    </td>
  );
}
