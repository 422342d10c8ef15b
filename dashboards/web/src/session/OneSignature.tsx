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
  /** The button that does the act once it is signed. */
  doIt: string;
  /** Why it cannot be signed yet, or null. */
  refused: string | null;
  onDone: (signature: string) => Promise<unknown>;
}

/** One person signs an act with the own password; then it is done. Give it a `key` made of what is signed. */
export function OneSignature({ doIt, refused, onDone, ...act }: Props) {
  const { t } = useText();
  const { session } = useSession();
  const [signed, setSigned] = useState<Signature | null>(null);
  const finish = useMutation({
    mutationFn: (id: string) => onDone(id),
    // A signature is used or void by now: whoever tries again signs again.
    onError: () => setSigned(null),
  });
  const missing = signed === null ? t('sign.oneNeeded') : null;
  return (
    <div className="signatures">
      <p className="caption">{t('sign.oneRule')}</p>
      <SignatureField key={signed?.id ?? ''} act={act} nth={1} signature={signed} person={session.person} refused={refused} onSigned={setSigned} />
      <Button
        type="primary"
        data-testid="signatures-done"
        disabled={refused !== null || missing !== null}
        loading={finish.isPending}
        onClick={() => {
          if (signed !== null) finish.mutate(signed.id);
        }}
      >
        {doIt}
      </Button>
      {(refused ?? missing) !== null && <p className="caption">{t('state.notNow')}{refused ?? missing}</p>}
      <Refusal error={finish.error} />
    </div>
  );
}
