import { ApiError } from '../api/client';
import { useText } from '../i18n/text';

/** One line under a control whose press was refused: the API's sentence and its small code. */
export function Refusal({ error }: { error: Error | null }) {
  const { pick } = useText();
  if (!error) return null;
  const isApi = error instanceof ApiError;
  return (
    <p className="refusal" role="alert">
      <span aria-hidden>▲ </span>
      {isApi ? `${pick(error.titleEn, error.titleZh)} ${error.message}` : error.message}
      {isApi && <code className="caption mono"> {error.code}</code>}
    </p>
  );
}
