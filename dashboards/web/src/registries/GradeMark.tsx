import { useText } from '../i18n/text';

/** How well a donor matches, A best; donors whom an antibody excludes are not listed at all, only counted. */
export function GradeMark({ grade }: { grade: string }) {
  const { t } = useText();
  return <span className="grade" title={t('registry.grade', { grade })}>{grade}</span>;
}
