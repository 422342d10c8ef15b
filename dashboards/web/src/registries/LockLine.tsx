import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api/client';
import type { Lock, RegistryRequest } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { useText } from '../i18n/text';
import { isHospital, useSession } from '../session/SessionContext';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';

const LEAST_REASON = 3;

/** One thing that is kept for a request: send it, or give it back with a reason. */
export function LockLine({ request, lock }: { request: string; lock: Lock }) {
  const { t, word } = useText();
  const { session } = useSession();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  const [giving, setGiving] = useState(false);
  const [reason, setReason] = useState('');
  const send = useMutation({
    mutationFn: (what: { act: 'issue' } | { act: 'release-lock'; reason: string }) =>
      api.post<RegistryRequest>(`/registries/requests/${encodeURIComponent(request)}/${what.act}`, what.act === 'issue' ? { lock: lock.id } : { lock: lock.id, reason: what.reason }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['registries'] }),
  });
  const held = lock.state === 'held' && !isHospital(session);
  return (
    <li data-testid="lock" data-state={lock.state}>
      <div className="lines-row">
        {lock.bag !== null ? <BagLink bag={lock.bag} /> : <span>{t('registry.livingDonor')} <span className="mono">{lock.donor}</span></span>}
        <span className={lock.state === 'held' || lock.state === 'issued' ? '' : 'muted'}>{word('lockState', lock.state)}</span>
      </div>
      <p className="caption">
        <Moment at={lock.locked_at} /> · {lock.locked_by}
        {lock.expires_at !== null && lock.state === 'held' && <> · {t('registry.keptUntil')} <Moment at={lock.expires_at} full /></>}
        {lock.end_reason !== null && <> · {lock.end_reason}</>}
        {lock.order !== null && <> · <Link to={`/orders/${encodeURIComponent(lock.order)}`}>{t('bag.order')}</Link></>}
      </p>
      {held && (
        <div className="row">
          {lock.bag !== null && <Button size="small" type="primary" data-testid="lock-issue" disabled={forbidden !== null} loading={send.isPending} onClick={() => send.mutate({ act: 'issue' })}>{t('registry.send')}</Button>}
          <Button size="small" data-testid="lock-release" disabled={forbidden !== null} onClick={() => setGiving(!giving)}>{t('registry.giveBack')}</Button>
          {giving && (
            <>
              <Input size="small" autoFocus maxLength={500} aria-label={t('desk.reason')} placeholder={t('desk.reason')} value={reason} onChange={(event) => setReason(event.target.value)} />
              <Button size="small" disabled={reason.trim().length < LEAST_REASON} onClick={() => send.mutate({ act: 'release-lock', reason: reason.trim() })}>{t('registry.giveBack')}</Button>
            </>
          )}
        </div>
      )}
      <Refusal error={send.error} />
    </li>
  );
}
