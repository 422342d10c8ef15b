import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api } from '../api/client';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Empty } from '../ui/Empty';
import { Failure } from '../ui/Failure';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { Skeleton } from '../ui/Skeleton';
import { Split } from '../ui/Split';
import { Unconfirmed } from '../ui/Unconfirmed';
import { missingIn, scopeOf, SUBJECTS, type Draft, type Subject } from './draft';
import { recallQueries } from './queries';
import { ReachView } from './ReachView';
import { ScopeForm } from './ScopeForm';
import type { Recall, RecallReason } from './types';
import './recall.css';

const LEAST_COMMENT = 3;

/** Opens a recall: name what is recalled, see everything that it touches, then freeze all of it at once. */
export default function NewRecallScreen() {
  const { t, word, name } = useText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_DECIDE);
  const reasons = useQuery(recallQueries.reasons());
  const [params] = useSearchParams();
  const [draft, setDraft] = useState<Draft>(() => draftOf(params));
  const [code, setCode] = useState<string | null>(null);
  const [chosenDonor, setChosenDonor] = useState<boolean | null>(null);
  const [comment, setComment] = useState('');
  const reason = reasons.data?.items.find((one) => one.code === code) ?? null;
  const donorToo = chosenDonor ?? reason?.of_the_donor ?? false;
  const scope = scopeOf(useDeferredValue(draft));
  const asked = scope !== null && reason !== null && refused === null;
  const preview = useQuery({ ...recallQueries.preview(code ?? '', scope ?? {}, donorToo), enabled: asked });
  const bags = asked ? (preview.data?.counts.bags ?? null) : null;
  const open = useMutation({
    mutationFn: () => api.post<Recall>('/recalls', { reason_code: code, comment: comment.trim(), by: scope, of_the_donor: donorToo }),
    onSuccess: (opened) => {
      void client.invalidateQueries();
      void navigate(`/recalls/${encodeURIComponent(opened.id)}`);
    },
  });
  const lacking = missingIn(draft);
  const missing = lacking !== null ? word('recall.needs', lacking) : reason === null ? t('recall.needs.reason') : comment.trim().length < LEAST_COMMENT ? t('recall.needs.comment') : bags === 0 ? t('recall.nothing') : null;
  const closed = refused ?? missing;
  return (
    <div className="page">
      <div className="title-row">
        <nav className="crumb">
          <Link to="/recalls">{t('recall.crumb')}</Link>
          <span className="muted">›</span>
          <b>{t('recall.new')}</b>
        </nav>
      </div>
      <Split
        label={t('recall.step.what')}
        side={
          <form
            className="card"
            data-testid="recall-form"
            onSubmit={(event) => {
              event.preventDefault();
              if (closed === null && bags !== null) open.mutate();
            }}
          >
            <h2>{t('recall.step.what')}</h2>
            <ScopeForm draft={draft} onChange={setDraft} />
            <Field label={t('recall.reason')}>
              <Select
                data-testid="recall-reason"
                placeholder={t('recall.needs.reason')}
                value={code}
                onChange={(next: string) => {
                  setCode(next);
                  setChosenDonor(null);
                }}
                options={reasons.data?.items.map((one) => ({ value: one.code, label: name(one) }))}
              />
            </Field>
            {reason !== null && <DonorChoice reason={reason} needless={draft.subject === 'donor'} value={donorToo} onChange={setChosenDonor} />}
            <Field label={t('recall.comment')}>
              <Input.TextArea rows={3} maxLength={500} data-testid="recall-comment" value={comment} onChange={(event) => setComment(event.target.value)} />
            </Field>
            <Button type="primary" danger={false} htmlType="submit" data-testid="recall-open" disabled={closed !== null || bags === null} loading={open.isPending}>{t('recall.open', { n: bags ?? 0 })}</Button>
            {closed !== null && <p className="caption">{t('state.notNow')}{closed}</p>}
            {reasons.data && <p className="caption">{t('recall.deadline', { n: reasons.data.acknowledge_within_min })} <Unconfirmed status="design" source={reasons.data.acknowledge_source} /></p>}
            <Refusal error={open.error} />
          </form>
        }
      >
        {!asked && <Empty>{t('recall.noReach')}</Empty>}
        {asked && preview.error && <Failure error={preview.error} onRetry={() => void preview.refetch()} />}
        {asked && !preview.error && preview.data === undefined && <Skeleton rows={8} />}
        {asked && preview.data !== undefined && !preview.error && (
          <div className="recall-scroll" data-testid="recall-preview">
            <p className="caption">{t('recall.previewOnly')}</p>
            <ReachView reach={preview.data} />
          </div>
        )}
      </Split>
    </div>
  );
}

/** A scope that another screen has chosen already: `?din=...`. */
function draftOf(params: URLSearchParams): Draft {
  const subject = SUBJECTS.find((one) => params.get(one) !== null) ?? ('din' satisfies Subject);
  return { subject, given: params.get(subject) ?? '', from: null, to: null };
}

interface DonorProps {
  reason: RecallReason;
  needless: boolean;
  value: boolean;
  onChange: (value: boolean) => void;
}

function DonorChoice({ reason, needless, value, onChange }: DonorProps) {
  const { t } = useText();
  if (needless) return null;
  return (
    <div>
      <Checkbox data-testid="recall-donor-too" checked={value} onChange={(event) => onChange(event.target.checked)}>{t('recall.donorToo')}</Checkbox>
      {value === reason.of_the_donor && <p className="caption">{t('recall.donorToo.asReason')} <Unconfirmed status={reason.status} source={reason.source} /></p>}
    </div>
  );
}
