import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Bag, BagSummary } from '../api/types';
import { formatFull, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { Panel } from '../ui/Panel';
import { FamilyNode } from './FamilyNode';
import './BagFamily.css';

/** From the donation to what it became; the bag in hand is dark. */
export function BagFamily({ bag }: { bag: Bag }) {
  const { t, language } = useText();
  const zone = useTimezone();
  const parentId = bag.parents[0]?.id;
  const parent = useQuery({ ...queries.bag(parentId ?? ''), enabled: parentId !== undefined });
  const root: BagSummary = bag.parents[0] ?? bag;
  const children: BagSummary[] = parentId === undefined ? bag.children : (parent.data?.children ?? [bag]);
  return (
    <Panel title={t('bag.family')}>
      <div className="family">
        <div className="family-node">
          <b>{t('family.donation')}</b>
          <small>{formatFull(instant(bag.collected_at), zone, language)}</small>
        </div>
        <i className="family-link" aria-hidden />
        <FamilyNode bag={root} current={root.id === bag.id} />
        {children.length > 0 && <i className="family-link" aria-hidden />}
        {children.length > 0 && (
          <div className="family-children">
            {children.map((child) => <FamilyNode key={child.id} bag={child} current={child.id === bag.id} />)}
          </div>
        )}
      </div>
    </Panel>
  );
}
