import { useEffect, useState } from 'react';
import { useText } from '../i18n/text';
import './states.css';

const SHOW_MS = 200;
const WORD_MS = 2000;

/** Rows in the colour of a rail, shown only when waiting is long enough to notice; after two seconds also a word. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useText();
  const [stage, setStage] = useState<'nothing' | 'rows' | 'word'>('nothing');
  useEffect(() => {
    const rowsTimer = setTimeout(() => setStage('rows'), SHOW_MS);
    const wordTimer = setTimeout(() => setStage('word'), WORD_MS);
    return () => {
      clearTimeout(rowsTimer);
      clearTimeout(wordTimer);
    };
  }, []);
  if (stage === 'nothing') return <div className="skeleton" aria-busy />;
  return (
    <div className="skeleton" aria-busy>
      {stage === 'word' && <span className="caption">{t('state.loading')}</span>}
      {Array.from({ length: rows }, (_, row) => <i key={row} />)}
    </div>
  );
}
