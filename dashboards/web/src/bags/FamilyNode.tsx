import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import { formatDin } from '../format/blood';
import { formatFull, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { componentName } from '../plant/componentName';
import { usePlaceNames } from '../plant/usePlaceNames';
import { placeName } from '../tasks/placeName';
import type { FamilyBox } from './familyLayout';

interface Props {
  box: FamilyBox;
  current: boolean;
  /** When the donation was given, where it is known. */
  collectedAt: string | null;
}

/** One box of a family: a donation, or a bag; another bag opens with a press. */
export function FamilyNode({ box, current, collectedAt }: Props) {
  const text = useText();
  const { t, word, language } = text;
  const zone = useTimezone();
  const places = usePlaceNames();
  const plant = useQuery(queries.plant());
  if (box.bag === null) {
    return (
      <div className="family-node family-donation" tabIndex={0} data-family={box.id} data-testid="family-donation">
        <b>{t('family.donation')}</b>
        <small className="mono">{collectedAt === null ? formatDin(box.din) : formatFull(instant(collectedAt), zone, language)}</small>
      </div>
    );
  }
  const { bag } = box;
  const title = <b>{componentName(text, plant.data, bag.component)}</b>;
  const state = word('status', bag.status);
  if (current) {
    return (
      <div className="family-node family-current" tabIndex={0} data-family={box.id} aria-current="true" data-testid="family-bag">
        {title}
        <small>{t('bag.thisBag')} · {state}</small>
      </div>
    );
  }
  const where = bag.place === null ? '' : ` · ${placeName(bag.place, places)}`;
  return (
    <Link className="family-node" data-family={box.id} data-testid="family-bag" to={`/bags/${encodeURIComponent(bag.id)}`} title={`${formatDin(bag.din)} ${state}${where}`}>
      {title}
      <small>{state}{where}</small>
    </Link>
  );
}
