import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState, type SyntheticEvent } from 'react';
import { api } from '../api/client';
import type { Signature } from '../api/types';
import { useText } from '../i18n/text';
import { Refusal } from '../ui/Refusal';
import { useSession } from './SessionContext';
import './TwoSignatures.css';

interface Act {
  act: 'hold.lift' | 'edge.accept' | 'bag.lost' | 'release.override' | 'bag.discard' | 'bag.relabel' | 'recall.close' | 'recall.release' | 'issue.emergency' | 'fate.wasted' | 'return.decide' | 'limits.approve';
  subject: string;
  /** The body of the act without its signatures: what the signatures hold for. */
  content: Record<string, unknown>;
  /** What the person declares by signing. */
  meaning: string;
}

interface Props extends Act {
  /** The button that does the act once both have signed. */
  doIt: string;
  /** Why it cannot be signed yet, or null. */
  refused: string | null;
  onDone: (signatures: [string, string]) => Promise<unknown>;
}

type Pair = readonly [Signature | null, Signature | null];

const NOBODY: Pair = [null, null];

/** Two people sign one act, each with an own name and password; then it is done. Give it a `key` made of what is signed. */
export function TwoSignatures({ doIt, refused, onDone, ...act }: Props) {
  const { t } = useText();
  const { session } = useSession();
  const [signed, setSigned] = useState<Pair>(NOBODY);
  const [first, second] = signed;
  const finish = useMutation({
    mutationFn: (ids: [string, string]) => onDone(ids),
    // A signature is used or void by now: whoever tries again signs again.
    onError: () => setSigned(NOBODY),
  });
  const samePerson = first !== null && second !== null && first.person === second.person;
  const missing = samePerson ? t('sign.samePerson') : first === null || second === null ? t('sign.bothNeeded') : null;
  return (
    <div className="signatures">
      <p className="caption">{t('sign.rule')}</p>
      <div className="signature-pair">
        <SignatureField key={`1${first?.id ?? ''}`} act={act} nth={1} signature={first} person={session.person} refused={refused} onSigned={(one) => setSigned(([, other]) => [one, other])} />
        <SignatureField key={`2${second?.id ?? ''}`} act={act} nth={2} signature={second} person="" refused={refused} onSigned={(one) => setSigned(([other]) => [other, one])} />
      </div>
      <Button
        type="primary"
        data-testid="signatures-done"
        disabled={refused !== null || missing !== null}
        loading={finish.isPending}
        onClick={() => {
          if (first !== null && second !== null) finish.mutate([first.id, second.id]);
        }}
      >
        {doIt}
      </Button>
      {(refused ?? missing) !== null && <p className="caption">{t('state.notNow')}{refused ?? missing}</p>}
      <Refusal error={finish.error} />
    </div>
  );
}

interface FieldProps {
  act: Act;
  nth: 1 | 2;
  signature: Signature | null;
  person: string;
  refused: string | null;
  onSigned: (signature: Signature) => void;
}

function SignatureField({ act, nth, signature, person, refused, onSigned }: FieldProps) {
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
