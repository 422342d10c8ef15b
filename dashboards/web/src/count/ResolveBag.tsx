import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Count } from '../api/types';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { Refusal } from '../ui/Refusal';

/** What becomes of a bag that a count did not see: found at a place, or given up as lost by two people. */
export function ResolveBag({ count, bag, refused }: { count: string; bag: string; refused: string | null }) {
  const { t } = useText();
  const client = useQueryClient();
  const [place, setPlace] = useState('');
  const [losing, setLosing] = useState(false);
  const send = (body: Record<string, unknown>) => api.post<Count>(`/counts/${encodeURIComponent(count)}/resolve`, { bag, ...body });
  const found = useMutation({ mutationFn: () => send({ act: 'found', place: place.trim() }), onSuccess: () => client.invalidateQueries() });
  const lose = async (signatures: [string, string]) => {
    await send({ act: 'lost', signatures });
    setLosing(false);
    await client.invalidateQueries();
  };
  return (
    <div className="count-resolve">
      <Input size="small" placeholder={t('count.foundAt')} aria-label={t('count.foundAt')} value={place} onChange={(event) => setPlace(event.target.value)} />
      <Button size="small" disabled={refused !== null || place.trim() === ''} loading={found.isPending} onClick={() => found.mutate()}>{t('count.found')}</Button>
      <Button size="small" disabled={refused !== null} onClick={() => setLosing(true)}>{t('count.lost')}</Button>
      {found.error && <Refusal error={found.error} />}
      <Modal title={t('count.lost')} open={losing} footer={null} destroyOnHidden onCancel={() => setLosing(false)}>
        <TwoSignatures act="bag.lost" subject={bag} content={{}} meaning={t('count.lostMeaning')} doIt={t('count.lost')} refused={refused} onDone={lose} />
      </Modal>
    </div>
  );
}
