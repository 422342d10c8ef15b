import { Input, type InputRef } from 'antd';
import { useRef, useState } from 'react';
import { dinOf } from '../bags/scanText';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { useShortcuts } from '../shell/useShortcuts';
import { Kbd } from '../ui/Kbd';
import { pair, type ReadBag } from './pairs';
import { useWedge } from './useWedge';

/** Takes bags one after the other: donation code, then product code, by a scanner wherever the focus is, or typed. */
export function ScanBags({ onBag, disabled = false }: { onBag: (bag: ReadBag) => void; disabled?: boolean }) {
  const { t } = useText();
  const [waiting, setWaiting] = useState<string | null>(null);
  const [wrong, setWrong] = useState<'none' | 'no_din' | null>(null);
  const [typed, setTyped] = useState('');
  const input = useRef<InputRef>(null);
  useShortcuts({ scan: () => input.current?.focus({ cursor: 'all' }) });
  const take = (text: string) => {
    if (disabled || text.trim() === '') return;
    const read = pair(waiting, text);
    setTyped('');
    setWrong(read.kind === 'wrong' ? read.why : null);
    if (read.kind === 'din') setWaiting(read.din);
    if (read.kind !== 'bag') return;
    setWaiting(null);
    onBag(read.bag);
  };
  useWedge(take);
  const hint = waiting === null ? t('desk.scan') : t('desk.scanProduct', { din: formatDin(dinOf(waiting) ?? waiting) });
  return (
    <div className="scan-bags">
      <Input
        ref={input}
        className="mono"
        data-testid="scan-bags"
        aria-label={hint}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        value={typed}
        suffix={<Kbd>F2</Kbd>}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={(event) => {
          event.preventDefault();
          take(typed);
        }}
      />
      {waiting !== null && <p className="caption" aria-live="polite">{hint}</p>}
      {wrong !== null && <p className="refusal" role="alert">▲ {t(`desk.scanWrong.${wrong}`)}</p>}
    </div>
  );
}
