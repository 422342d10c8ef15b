import type { TextKey } from '../i18n/text';

/** One screen of the bar: where it is, what it is called, and the letter that follows `G`. */
export interface Place {
  id: string;
  to: string;
  key: TextKey;
  chord?: string;
}

/** What everybody of the centre looks at. */
export const WATCH: readonly Place[] = [
  { id: 'overview', to: '/', key: 'nav.overview', chord: 'b' },
  { id: 'floor', to: '/floor', key: 'nav.floor', chord: 'f' },
  { id: 'alarms', to: '/alarms', key: 'nav.alarms', chord: 'a' },
  { id: 'bags', to: '/bags', key: 'nav.bags' },
  { id: 'orders', to: '/orders', key: 'nav.orders', chord: 'o' },
  { id: 'province', to: '/province', key: 'nav.province', chord: 'v' },
];

/** The stations of the work, in the order in which a bag passes them. They share one place in the bar and a row of their own. */
export const WORK: readonly Place[] = [
  { id: 'intake', to: '/intake', key: 'nav.intake', chord: 'i' },
  { id: 'preparation', to: '/preparation', key: 'nav.preparation', chord: 'p' },
  { id: 'tasks', to: '/tasks', key: 'nav.tasks', chord: 'm' },
  { id: 'picking', to: '/picking', key: 'nav.picking', chord: 'k' },
  { id: 'road', to: '/shipments', key: 'nav.road', chord: 'r' },
  { id: 'counts', to: '/counts', key: 'nav.counts', chord: 'c' },
  { id: 'scan', to: '/scan', key: 'nav.scan', chord: 's' },
  { id: 'operations', to: '/operations', key: 'nav.operations', chord: 'j' },
];

/** The quality desk: what was found of the blood, and what is decided of it. A row of its own, as the work has one. */
export const QUALITY: readonly Place[] = [
  { id: 'laboratory', to: '/laboratory', key: 'nav.laboratory', chord: 'l' },
  { id: 'release', to: '/release', key: 'nav.release', chord: 'e' },
  { id: 'donors', to: '/donor-checks', key: 'nav.donors', chord: 'n' },
  { id: 'holds', to: '/holds', key: 'nav.holds', chord: 't' },
  { id: 'recalls', to: '/recalls', key: 'nav.recalls', chord: 'w' },
  { id: 'returns', to: '/returns', key: 'nav.returns', chord: 'u' },
  { id: 'discards', to: '/discards', key: 'nav.discards', chord: 'x' },
  { id: 'registries', to: '/registries', key: 'nav.registries', chord: 'y' },
  { id: 'components', to: '/components', key: 'nav.catalogue', chord: 'd' },
];

/** The cold chain: stores, what is decided of excursions, what people owe it, and the rules it is judged by. */
export const COLD: readonly Place[] = [
  { id: 'stores', to: '/cold-chain', key: 'nav.stores' },
  { id: 'dispositions', to: '/dispositions', key: 'nav.dispositions' },
  { id: 'duties', to: '/duties', key: 'nav.duties' },
  { id: 'notices', to: '/notices', key: 'nav.notices' },
  { id: 'alarm-health', to: '/alarm-health', key: 'nav.alarmHealth' },
  { id: 'limits', to: '/limits', key: 'nav.limits' },
  { id: 'certificates', to: '/calibrations', key: 'nav.certificates' },
  { id: 'meter', to: '/completeness', key: 'nav.meter' },
  { id: 'loggers', to: '/loggers', key: 'nav.loggers' },
];

/** Screens that share one place in the bar and stand in a row below it while one of them is open. */
export const ROWS: readonly { id: 'work' | 'cold' | 'quality'; key: TextKey; places: readonly Place[] }[] = [
  { id: 'work', key: 'nav.work', places: WORK },
  { id: 'cold', key: 'nav.cold', places: COLD },
  { id: 'quality', key: 'nav.quality', places: QUALITY },
];

export const ENGINEER: readonly Place[] = [{ id: 'health', to: '/health', key: 'nav.health', chord: 'h' }];

export const HOSPITAL: readonly Place[] = [
  { id: 'orders', to: '/orders', key: 'nav.orders', chord: 'o' },
  { id: 'shipments', to: '/shipments', key: 'nav.shipments', chord: 'r' },
  { id: 'custody', to: '/custody', key: 'nav.custody', chord: 'c' },
  { id: 'returns', to: '/returns', key: 'nav.returns', chord: 'u' },
  { id: 'recall-notices', to: '/recall-notices', key: 'nav.recallNotices', chord: 'w' },
];

/** The row that an address belongs to, with everything below it; null for a screen that stands in the bar itself. */
export function rowOf(pathname: string): (typeof ROWS)[number] | null {
  return ROWS.find(({ places }) => places.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`))) ?? null;
}
