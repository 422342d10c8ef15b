import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import type { HolderGroup } from './grouping';

/** Who a group of bags is with, in the reader's language. */
export function useHolderName(): (group: HolderGroup) => string {
  const { word, name } = useText();
  const plant = useQuery(queries.plant());
  return ({ kind, holder }) => {
    const known = kind === 'hospital' ? plant.data?.hospitals : kind === 'vehicle' ? plant.data?.vehicles : undefined;
    const one = known?.find(({ id }) => id === holder);
    if (one !== undefined) return name(one);
    return holder === null ? word('recallHolder', kind) : `${word('recallHolder', kind)} ${holder}`;
  };
}
