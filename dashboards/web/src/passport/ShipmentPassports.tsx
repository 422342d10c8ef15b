import { Link } from 'react-router';
import type { Shipment } from '../api/types';
import { dinOfBag, productOfBag } from '../bags/bagId';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import './passport.css';

/** The temperature passports of what travels, or travelled, in one shipment. */
export function ShipmentPassports({ bags }: { bags: Shipment['bags'] }) {
  const { t } = useText();
  if (bags.length === 0) return null;
  return (
    <details className="shipment-passports" data-testid="shipment-passports">
      <summary>{t('passport.ofShipment', { n: bags.length })}</summary>
      <ul>
        {bags.map(({ bag }) => <li key={bag}><Link to={`/passport/${encodeURIComponent(bag)}`} data-testid="shipment-passport"><span className="mono">{formatDin(dinOfBag(bag))}</span> <span className="caption mono">{productOfBag(bag)}</span></Link></li>)}
      </ul>
    </details>
  );
}
