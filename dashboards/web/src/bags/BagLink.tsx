import { Link } from 'react-router';
import { formatDin } from '../format/blood';
import { isHospital, useSession } from '../session/SessionContext';
import { dinOfBag, productOfBag } from './bagId';
import '../ui/Split.css';

/** A bag by its numbers, leading to its passport; a hospital has no passport screen and reads the numbers only. */
export function BagLink({ bag }: { bag: string }) {
  const { session } = useSession();
  const name = <><span className="mono">{formatDin(dinOfBag(bag))}</span> <span className="caption mono">{productOfBag(bag)}</span></>;
  if (isHospital(session)) return <span className="bag-name nowrap">{name}</span>;
  return <Link className="bag-link" to={`/bags/${encodeURIComponent(bag)}`} onClick={(event) => event.stopPropagation()}>{name}</Link>;
}
