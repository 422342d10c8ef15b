import type { PlantView } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import type { Text } from '../i18n/text';
import { isUnconfirmed } from '../ui/Unconfirmed';

type Component = PlantView['components'][number];

/** How many figures of a component the site has to confirm. */
export function unconfirmedIn(component: Component): number {
  const figures = [component.storage, component.transport, component.agitation, component.freeze, component.out_of_control, component.ml_per_unit, ...component.shelf_life];
  return figures.filter((figure) => figure !== null && isUnconfirmed(figure.status)).length;
}

/** `2 to 6 °C`, `≤ −18 °C`; null when no side is known. */
export function rangeText({ min_c: min, max_c: max }: { min_c: number | null; max_c: number | null }): string | null {
  if (min !== null && max !== null) return `${formatNumber(min)}–${formatTemperature(max, 0)}`;
  if (max !== null) return `≤ ${formatTemperature(max, 0)}`;
  return min === null ? null : `≥ ${formatTemperature(min, 0)}`;
}

/** Whole days as days, everything else in hours. */
export function lifeText(t: Text['t'], hours: number): string {
  return hours >= 48 && hours % 24 === 0 ? t('catalogue.days', { n: formatNumber(hours / 24) }) : t('hops.hours', { n: formatNumber(hours) });
}
