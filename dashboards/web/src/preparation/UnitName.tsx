import { Link } from 'react-router';
import type { BatchUnit } from '../api/types';
import { formatDin } from '../format/blood';

/** What a unit is called: the bag that it became, or the first of those it was made of. */
export function UnitName({ unit }: { unit: BatchUnit }) {
  const bag = bagOf(unit);
  return <Link className="mono nowrap prep-bag" to={`/bags/${encodeURIComponent(bag)}`}>{formatDin(bag.split('-')[0] ?? bag)}</Link>;
}

/** The product code of a unit; donations give several. */
export function productOf(unit: BatchUnit): string {
  return bagOf(unit).split('-')[1] ?? '';
}

export function unitKey(unit: BatchUnit): string {
  return [unit.child ?? '', ...unit.parents].join(' ');
}

function bagOf(unit: BatchUnit): string {
  return unit.child ?? unit.parents[0] ?? '';
}
