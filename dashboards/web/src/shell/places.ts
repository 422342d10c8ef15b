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
];

export const ENGINEER: readonly Place[] = [{ id: 'health', to: '/health', key: 'nav.health', chord: 'h' }];

export const HOSPITAL: readonly Place[] = [
  { id: 'orders', to: '/orders', key: 'nav.orders', chord: 'o' },
  { id: 'shipments', to: '/shipments', key: 'nav.shipments', chord: 'r' },
];

/** Is this address one of the stations of the work? */
export function isWork(pathname: string): boolean {
  return WORK.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
}
