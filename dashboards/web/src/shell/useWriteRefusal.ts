import { useText } from '../i18n/text';
import { useFreshness } from '../live/LiveContext';

/** Why nothing may be written now, or null when it may: a stale page must not act on what it shows. */
export function useWriteRefusal(): string | null {
  const { t } = useText();
  return useFreshness() === 'lost' ? t('offline.write') : null;
}
