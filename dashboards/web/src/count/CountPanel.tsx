import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { Count } from '../api/types';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Loaded } from '../ui/Loaded';
import { Refusal } from '../ui/Refusal';
import { placeName } from '../tasks/placeName';
import { ResolveBag } from './ResolveBag';

/** One count: every bag that was expected or seen, what closing does, and what becomes of those nobody saw. */
export function CountPanel({ id, places }: { id: string; places: ReadonlyMap<string, string> }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const count = useQuery(queries.count(id));
  const refused = useWriteRefusal(MAY_WORK_BY_HAND);
  const close = useMutation({
    mutationFn: () => api.post<Count>(`/counts/${encodeURIComponent(id)}/close`, {}),
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <Loaded query={count} rows={6}>
      {(data) => {
        const unseen = data.items.filter(({ state }) => state === 'not_seen');
        const sorted = [...data.items].sort((a, b) => Number(a.state === 'seen') - Number(b.state === 'seen'));
        return (
          <section data-testid="count-panel">
            <h2>{placeName(data.place, places)}</h2>
            <p className="count-lead"><b>{data.seen}</b> {t('count.of', { n: data.expected })}</p>
            {data.state === 'open' && (
              <>
                {data.by === 'hand' && <Link to="/scan">{t('count.scanIt')}</Link>}
                <p className={unseen.length > 0 ? 'warning' : 'muted'}>{unseen.length > 0 ? t('count.closeEffect', { n: unseen.length }) : t('count.closeClean')}</p>
                <Button type="primary" disabled={refused !== null} title={refused ?? undefined} loading={close.isPending} data-testid="count-close" onClick={() => close.mutate()}>{t('count.close')}</Button>
                {close.error && <Refusal error={close.error} />}
              </>
            )}
            <ul className="count-items">
              {sorted.map((item) => (
                <li key={item.bag} data-state={item.state}>
                  <Link className="mono" to={`/bags/${encodeURIComponent(item.bag)}`}>{formatDin(item.bag.split('-')[0] ?? item.bag)}</Link>
                  <span className={item.state === 'seen' || item.state === 'moved' ? 'muted' : 'warning'}>{word('countState', item.state)}</span>
                  <span className="label">{item.seen_place !== null ? placeName(item.seen_place, places) : item.believed_place !== null && placeName(item.believed_place, places)}</span>
                  {data.state === 'closed' && item.state === 'not_seen' && <ResolveBag count={data.id} bag={item.bag} refused={refused} />}
                </li>
              ))}
            </ul>
          </section>
        );
      }}
    </Loaded>
  );
}
