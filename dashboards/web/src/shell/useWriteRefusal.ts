import type { Role } from '../api/types';
import { useText } from '../i18n/text';
import { useFreshness } from '../live/LiveContext';
import { useSession } from '../session/SessionContext';

/** Who may do what is the server's to decide; the screens say beforehand what it would refuse. */
export const MAY_ORDER: readonly Role[] = ['operator', 'quality', 'hospital'];
export const MAY_HOLD: readonly Role[] = ['operator', 'quality'];
export const MAY_LIFT: readonly Role[] = ['quality'];
export const MAY_DISCARD: readonly Role[] = ['operator', 'quality'];
export const MAY_DECIDE: readonly Role[] = ['quality'];
export const MAY_GIVE_RESULTS: readonly Role[] = ['laboratory', 'quality'];
export const MAY_WORK_BY_HAND: readonly Role[] = ['operator', 'quality'];
export const MAY_ACCEPT_LOSS: readonly Role[] = ['engineer', 'administrator'];
export const MAY_ANSWER_ALARMS: readonly Role[] = ['operator', 'quality', 'engineer'];
export const MAY_MAINTAIN: readonly Role[] = ['quality', 'engineer'];
export const MAY_BE_TOLD: readonly Role[] = ['operator', 'quality', 'engineer', 'administrator'];
export const MAY_PLAN: readonly Role[] = ['quality', 'administrator'];
export const MAY_TEST_CHANNELS: readonly Role[] = ['engineer', 'administrator'];
export const MAY_RECEIVE: readonly Role[] = ['hospital'];

/** Why this person cannot do it now, or null: a stale page must not act on what it shows, and not every role may. */
export function useWriteRefusal(roles: readonly Role[]): string | null {
  const { t, word, pick } = useText();
  const { session } = useSession();
  const lost = useFreshness() === 'lost';
  if (!session.roles.some((role) => roles.includes(role))) {
    return t('refused.role', { roles: roles.map((role) => word('role', role)).join(pick(', ', '、')) });
  }
  return lost ? t('offline.write') : null;
}
