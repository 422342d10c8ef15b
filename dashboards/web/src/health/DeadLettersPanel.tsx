import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { DeadLetterRetry } from '../api/types';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Panel } from '../ui/Panel';
import { Refusal } from '../ui/Refusal';

/** Messages that were refused: kept as they came, with the reason and a second try. */
export function DeadLettersPanel() {
  const { t } = useText();
  const client = useQueryClient();
  const letters = useQuery(queries.deadLetters());
  const retry = useMutation({
    mutationFn: (id: string) => api.post<DeadLetterRetry>(`/deadletters/${encodeURIComponent(id)}/retry`),
    onSettled: () => client.invalidateQueries({ queryKey: ['deadletters'] }),
  });
  return (
    <Panel title={t('dead.title')} caption={t('dead.note')} className="dead">
      <Loaded query={letters} rows={3}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty>{t('dead.none')}</Empty>
          ) : (
            <table className="list">
              <thead>
                <tr>
                  <th>{t('dead.edge')}</th>
                  <th className="number">{t('dead.seq')}</th>
                  <th>{t('dead.why')}</th>
                  <th>{t('dead.raw')}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {data.items.map((letter) => (
                  <tr key={letter.id} data-testid="dead-letter" data-id={letter.id}>
                    <td className="mono">{letter.edge}</td>
                    <td className="number">{letter.seq ?? t('state.none')}</td>
                    <td>{letter.detail}<span className="caption mono">{letter.code}</span></td>
                    <td className="dead-raw"><code title={letter.raw}>{letter.raw}</code></td>
                    <td className="number"><Button size="small" loading={retry.isPending && retry.variables === letter.id} onClick={() => retry.mutate(letter.id)}>{t('dead.retry')}</Button></td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {retry.data && <p className="label">✓ {t('dead.applied')}</p>}
      <Refusal error={retry.error} />
    </Panel>
  );
}
