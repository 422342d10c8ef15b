import { ApiError } from '../api/client';
import { useText } from '../i18n/text';
import { Refusal } from './Refusal';

/** Why a file was not taken: each fault by its line. Nothing of such a file was taken in. */
export function FileFaults({ error }: { error: Error | null }) {
  const { t, pick } = useText();
  if (!(error instanceof ApiError) || error.fields.length === 0) return <Refusal error={error} />;
  return (
    <section role="alert" data-testid="file-faults">
      <p className="refusal">▲ {t('desk.fileRefused', { n: error.fields.length })} <code className="caption mono">{error.code}</code></p>
      <ol className="faults">
        {error.fields.map(({ where, detail, detail_zh: chinese }, nth) => <li key={nth}><b className="nowrap">{where}</b> <span>{pick(detail, chinese ?? detail)}</span></li>)}
      </ol>
    </section>
  );
}
