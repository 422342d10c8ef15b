import { useText } from '../i18n/text';

/** Donors are not shown to this person; why. */
export function Unseen({ why }: { why: string }) {
  const { t } = useText();
  return <p className="muted">{t('registry.noDonorsForYou')} {why}</p>;
}
