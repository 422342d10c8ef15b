import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState, type SyntheticEvent } from 'react';
import { api } from '../api/client';
import type { Signature } from '../api/types';
import { useText } from '../i18n/text';
import { Refusal } from '../ui/Refusal';

/** What is signed. */
export interface Act {
  act: 'hold.lift' | 'edge.accept' | 'bag.lost' | 'release.override' | 'bag.discard' | 'bag.relabel' | 'recall.close' | 'recall.release' | 'issue.emergency' | 'fate.wasted' | 'return.decide' | 'limits.approve' | 'disposition.decide';
  subject: string;
  /** The body of the act without its signatures: what the signatures hold for. */
  content: Record<string, unknown>;
  /** What the person declares by signing. */
  meaning: string;
}

interface FieldProps {
  act: Act;
  nth: 1 | 2;
  signature: Signature | null;
  person: string;
  refused: string | null;
  onSigned: (signature: Signature) => void;
}

/** One person signs one act with an own name and password. */
export function SignatureField({ act, nth, signature, person, refused, onSigned }: FieldProps) {
  const { t } = useText();
  const [username, setUsername] = useState(person);
  const [password, setPassword] = useState('');
  const sign = useMutation({
    mutationFn: () => api.post<Signature>('/signatures', { username: username.trim(), password, ...act }),
    onSuccess: onSigned,
    onSettled: () => setPassword(''),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    sign.mutate();
  };
  if (signature !== null) {
    return (
      <div className="signature" data-testid={`signature-${nth}`} data-signed="true">
        <h3>{t('sign.person', { n: nth })}</h3>
        <p>✓ {t('sign.signed', { name: signature.name })}</p>
      </div>
    );
  }
  return (
    <form className="signature" data-testid={`signature-${nth}`} data-signed="false" onSubmit={submit}>
      <h3>{t('sign.person', { n: nth })}</h3>
      <Input aria-label={t('session.username')} placeholder={t('session.username')} autoComplete="off" data-testid={`signature-${nth}-username`} value={username} onChange={(event) => setUsername(event.target.value)} />
      <Input type="password" aria-label={t('session.password')} placeholder={t('session.password')} autoComplete="off" data-testid={`signature-${nth}-password`} value={password} onChange={(event) => setPassword(event.target.value)} />
      <Button htmlType="submit" data-testid={`signature-${nth}-sign`} disabled={refused !== null || username.trim() === '' || password === ''} loading={sign.isPending}>{t('sign.sign')}</Button>
      <Refusal error={sign.error} />
    </form>
  );
}
