import { ApiError } from '../api/client';
import { useText, type Text } from '../i18n/text';

/** The title and the sentence of a refusal; in Chinese the sentence stands alone, it says the rule itself. */
function refusalSentence(error: ApiError, pick: Text['pick']): string {
  const english = [error.titleEn.replace(/\.$/, ''), error.message].filter(Boolean).join('. ');
  return pick(english, error.detailZh ?? [error.titleZh.replace(/。$/, ''), error.message].filter(Boolean).join('。'));
}

/** One line under a control whose press was refused: the API's sentence and its small code. */
export function Refusal({ error }: { error: Error | null }) {
  const { pick } = useText();
  if (!error) return null;
  const isApi = error instanceof ApiError;
  return (
    <p className="refusal" role="alert" title={error.message}>
      <span aria-hidden>▲ </span>
      {isApi ? refusalSentence(error, pick) : error.message}
      {isApi && <code className="caption mono"> {error.code}</code>}
    </p>
  );
}
