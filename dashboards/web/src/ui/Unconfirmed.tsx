import { useText } from '../i18n/text';

/** Beside a number that nobody has checked at its source: the site confirms it before it counts. Null for one that was. */
export function Unconfirmed({ status, source }: { status: string | null | undefined; source?: string | null }) {
  const { t } = useText();
  if (!isUnconfirmed(status)) return null;
  return <span className="unconfirmed" data-testid="unconfirmed" title={source ?? undefined}>{t('desk.toConfirm')}</span>;
}

/** `V` was read at its source; everything else, unknown as well, is the site's to confirm. */
export function isUnconfirmed(status: string | null | undefined): boolean {
  return status !== 'V' && status !== 'verified';
}
