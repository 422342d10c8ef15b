import { useMutation } from '@tanstack/react-query';
import { Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api } from '../api/client';
import type { ScanResult } from '../api/types';
import { useText } from '../i18n/text';
import { useShortcuts } from '../shell/useShortcuts';
import { Kbd } from '../ui/Kbd';
import { Refusal } from '../ui/Refusal';
import { isProduct, isScan } from './scanText';
import './ScanBox.css';

/** One field for a scanner and for a person: a scanned bag opens, anything else is searched. */
export function ScanBox() {
  const { t } = useText();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [typed, setTyped] = useState('');
  const [din, setDin] = useState<string | null>(null);
  const input = useRef<InputRef>(null);
  const asked = params.get('scan') === '1';
  useEffect(() => {
    if (asked) input.current?.focus();
  }, [asked]);
  const focus = () => input.current?.focus({ cursor: 'all' });
  useShortcuts({ search: focus, scan: focus });
  const scan = useMutation({
    mutationFn: (codes: { text: string; text_2: string | null }) => api.post<ScanResult>('/scans', codes),
    onSuccess: (found, codes) => {
      setTyped('');
      setDin(found.bag === null ? codes.text : null);
      if (found.bag !== null) void navigate(`/bags/${encodeURIComponent(found.bag)}`);
      else void navigate(`/bags?q=${encodeURIComponent(found.candidates[0]?.din ?? codes.text)}`);
    },
  });
  const submit = () => {
    const text = typed.trim();
    if (din !== null && isProduct(text)) scan.mutate({ text: din, text_2: text });
    else if (isScan(text)) scan.mutate({ text, text_2: null });
    else void navigate(`/bags${text === '' ? '' : `?q=${encodeURIComponent(text)}`}`);
  };
  return (
    <div className="scan">
      <Input
        ref={input}
        data-testid="bag-scan"
        aria-label={t('bags.scan')}
        placeholder={t('bags.scan')}
        value={typed}
        prefix={<ScanIcon />}
        suffix={<Kbd>F2</Kbd>}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={submit}
      />
      <Refusal error={scan.error} />
    </div>
  );
}

function ScanIcon() {
  return (
    <svg width="18" height="14" aria-hidden fill="currentColor">
      <rect width="2" height="14" /><rect x="4" width="1" height="14" /><rect x="7" width="3" height="14" /><rect x="12" width="1" height="14" /><rect x="15" width="3" height="14" />
    </svg>
  );
}
