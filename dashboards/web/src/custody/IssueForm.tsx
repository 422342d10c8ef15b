import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { CustodyBag, CustodyDetail } from '../api/types';
import { refusalText } from '../bags/reasons';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_RECEIVE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';

/** Gives the bag to a patient. In an emergency it goes without a crossmatch, on the word of two people of the hospital. */
export function IssueForm({ bag, patient }: { bag: CustodyDetail; patient: string | null }) {
  const text = useText();
  const { t } = text;
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_RECEIVE);
  const [to, setTo] = useState('');
  const [emergency, setEmergency] = useState(false);
  const content = { patient, to: to.trim(), emergency };
  const give = async (signatures: readonly string[]) => {
    const issued = await api.post<CustodyBag>(`/bags/${encodeURIComponent(bag.id)}/issue`, { ...content, signatures });
    await client.invalidateQueries({ queryKey: ['custody'] });
    return issued;
  };
  const issue = useMutation({ mutationFn: () => give([]) });
  const judged = bag.patient === patient ? bag.actions.find(({ act }) => act === 'issue') : undefined;
  const missing = patient === null ? t('custody.patientNeeded') : to.trim() === '' ? t('custody.toNeeded') : null;
  const refused = forbidden ?? missing;
  return (
    <div className="card" data-testid="issue-form">
      <Field label={t('custody.to')}>
        <Input maxLength={80} data-testid="issue-to" value={to} onChange={(event) => setTo(event.target.value)} />
      </Field>
      <Checkbox data-testid="issue-emergency" checked={emergency} onChange={(event) => setEmergency(event.target.checked)}>{t('custody.emergency')}</Checkbox>
      {judged?.allowed === false && <p className="label">▲ {refusalText(text, judged)}</p>}
      {emergency ? (
        <>
          <p className="warning">▲ {t('custody.emergencyRule')}</p>
          <TwoSignatures key={JSON.stringify(content)} act="issue.emergency" subject={bag.id} content={content} meaning={t('custody.emergencyMeaning')} doIt={t('custody.issueNow')} refused={refused} onDone={give} />
        </>
      ) : (
        <>
          <div className="row">
            <Button type="primary" data-testid="issue-do" disabled={refused !== null} loading={issue.isPending} onClick={() => issue.mutate()}>{t('custody.issueTo', { patient: patient ?? t('state.none') })}</Button>
            {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
          </div>
          <Refusal error={issue.error} />
        </>
      )}
    </div>
  );
}
