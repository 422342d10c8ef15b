import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import type { Signature } from '../api/types';
import { useText } from '../i18n/text';
import { Refusal } from '../ui/Refusal';
import { useSession } from './SessionContext';
import { SignatureField, type Act } from './SignatureField';
import './TwoSignatures.css';

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
