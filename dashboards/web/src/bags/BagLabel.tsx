import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Bag } from '../api/types';
import { formatDin, speakGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { siteDate } from '../format/siteDate';
import { formatFull, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useClock, useTimezone } from '../live/LiveContext';
import { componentName } from '../plant/componentName';
import { limitsText } from '../ui/bandText';
import { Barcode } from './Barcode';
import { dinData, expiryData, groupData, productData } from './isbt';
import './BagLabel.css';

/** The label in its four quadrants, as the bag wears it: black on white in both themes. */
export function BagLabel({ bag }: { bag: Bag }) {
  const text = useText();
  const { t, name, language } = text;
  const zone = useTimezone();
  const clock = useClock();
  const plant = useQuery(queries.plant());
  const component = plant.data?.components.find((candidate) => candidate.key === bag.component);
  const expires = instant(bag.expires_at);
  const date = siteDate(expires, zone);
  const store = component && limitsText(text, { min_c: component.min_c, max_c: component.max_c, alert_min_c: null, alert_max_c: null });
  return (
    <section className="bag-label">
      <div>
        <Barcode data={dinData(bag.din)} height={32} />
        <p className="bag-label-din">{formatDin(bag.din)}<i>{bag.check_character}</i></p>
        <small>{[clock && name(clock.site), t('bag.collected', { time: formatFull(instant(bag.collected_at), zone, language) })].filter(Boolean).join(' · ')}</small>
      </div>
      <div className="bag-label-group">
        <div aria-label={bag.group === null ? t('bag.groupUnknown') : speakGroup(bag.group, language)}>
          <p className="bag-label-abo">{bag.group === null ? '?' : bag.group.slice(0, -1)}</p>
          <p className="bag-label-rh">
            {bag.group === null ? t('bag.groupUnknown') : t(bag.group.endsWith('+') ? 'bag.rhdPositive' : 'bag.rhdNegative')}
          </p>
        </div>
        {bag.group !== null && (
          <div className="bag-label-right">
            <Barcode data={groupData(bag.group)} height={32} />
            <small>{groupData(bag.group)}</small>
          </div>
        )}
      </div>
      <div>
        <Barcode data={productData(bag.product)} height={24} />
        <p className="bag-label-product">{componentName(text, plant.data, bag.component)}</p>
        <small>{[bag.product, t('common.ml', { n: formatNumber(bag.volume_ml) }), store && t('bag.store', { range: store })].filter(Boolean).join(' · ')}</small>
      </div>
      <div>
        <Barcode data={expiryData(date.year, date.dayOfYear, date.hour, date.minute)} height={24} />
        <small>{t('bag.useBefore')}</small>
        <p className="bag-label-expiry">{formatFull(expires, zone, language)}</p>
      </div>
    </section>
  );
}
