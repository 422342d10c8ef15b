import { Button } from 'antd';
import { ApiError } from '../api/client';
import { useText } from '../i18n/text';
import './states.css';

interface Props {
  error: Error;
  /** What happened, in words that fit the place; the API's own sentence follows. */
  sentence?: string;
  onRetry?: () => void;
}

/** What went wrong, what the API said about it, a way to try again, and a small code. */
export function Failure({ error, sentence, onRetry }: Props) {
  const { t, pick } = useText();
  const isApi = error instanceof ApiError;
  const head = sentence ?? (isApi && error.status === 404 ? t('state.notFound') : t('state.error'));
  return (
    <div className="failure" role="alert">
      <p>{head}</p>
      {isApi && <p className="label">{pick(`${error.titleEn} ${error.message}`, error.detailZh ?? `${error.titleZh} ${error.message}`)}</p>}
      <div className="row">
        {onRetry && <Button size="small" onClick={onRetry}>{t('state.retry')}</Button>}
        {isApi && <code className="caption mono">{error.code}</code>}
      </div>
    </div>
  );
}
