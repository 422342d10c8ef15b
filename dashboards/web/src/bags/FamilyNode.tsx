import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { BagSummary } from '../api/types';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { bagPlace } from './bagPlace';

/** One bag of a family; the others open with a press. */
export function FamilyNode({ bag, current }: { bag: BagSummary; current: boolean }) {
  const text = useText();
  const { t, word } = text;
  const plant = useQuery(queries.plant());
  const title = <b>{componentName(text, plant.data, bag.component)}</b>;
  const state = word('status', bag.status);
  if (current) {
    return (
      <div className="family-node family-current" aria-current="true">
        {title}
        <small>{t('bag.thisBag')} · {state}</small>
      </div>
    );
  }
  return (
    <Link className="family-node" to={`/bags/${encodeURIComponent(bag.id)}`}>
      {title}
      <small>{state} · {bagPlace(text, bag)}</small>
    </Link>
  );
}
