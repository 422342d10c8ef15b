import { Button, Input, type InputRef } from 'antd';
import { useRef, useState } from 'react';
import { useText } from '../i18n/text';
import { useShortcuts } from '../shell/useShortcuts';

interface Props {
  disabled: boolean;
  onScan: (text: string) => void;
}

/** For a code that no scanner can read: typed, and taken with Enter. A scanner may type here too. */
export function ScanField({ disabled, onScan }: Props) {
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const input = useRef<InputRef>(null);
  useShortcuts({ scan: () => input.current?.focus({ cursor: 'all' }) });
  const take = () => {
    setTyped('');
    onScan(typed);
  };
  return (
    <div className="scan-field">
      <Input
        ref={input}
        size="large"
        className="mono"
        data-testid="scan-text"
        aria-label={t('scan.typed')}
        placeholder={t('scan.typed')}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={typed}
        disabled={disabled}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={take}
      />
      <Button size="large" className="scan-target" disabled={disabled || typed.trim() === ''} onClick={take}>{t('scan.enter')}</Button>
    </div>
  );
}
