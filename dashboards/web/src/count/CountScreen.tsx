import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { Count } from '../api/types';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { placeName } from '../tasks/placeName';
import { CountPanel } from './CountPanel';
import { ShelfTable } from './ShelfTable';
import './CountScreen.css';

/** What is believed to lie on the shelves, against what their antennas or people see. */
export default function CountScreen() {
  const { t, name } = useText();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const shelves = useQuery(queries.shelves());
  const counts = useQuery(queries.counts('all'));
  const plant = useQuery(queries.plant());
  const places = new Map(plant.data?.places.map((place) => [place.path, name(place)]));
  const begin = useMutation({
    mutationFn: (wish: { place: string; by: 'antenna' | 'hand' }) => api.post<Count>('/counts', wish),
    onSuccess: async (count) => {
      setParams({ id: count.id }, { replace: true });
      await client.invalidateQueries({ queryKey: ['counts'] });
    },
  });
  const items = counts.data?.items ?? [];
  const inHand = items.find(({ id }) => id === params.get('id')) ?? items.find(({ state }) => state === 'open') ?? null;
  return (
    <div className="page">
      <div className="title-row"><h1>{t('count.title')}</h1></div>
      <div className="count">
        <div className="count-main">
          <section className="table-scroll">
            <Loaded query={shelves} rows={6}>
              {(data) => <ShelfTable shelves={data.items} places={places} error={begin.error} onCount={(place, by) => begin.mutate({ place, by })} />}
            </Loaded>
          </section>
          <section className="table-scroll count-list">
            <Loaded query={counts} rows={4}>
              {() =>
                items.length === 0 ? (
                  <Empty>{t('count.none')}</Empty>
                ) : (
                  <table className="list">
                    <tbody>
                      {items.map((count) => (
                        <tr key={count.id} className="can-open" tabIndex={0} aria-selected={count.id === inHand?.id} data-testid="count-row" onClick={() => setParams({ id: count.id }, { replace: true })} onKeyDown={(event) => event.key === 'Enter' && setParams({ id: count.id }, { replace: true })}>
                          <td>{placeName(count.place, places)}</td>
                          <td>{t(`count.by.${count.by}`)}</td>
                          <td>{t(`count.state.${count.state}`)}</td>
                          <td className="number">{count.seen} / {count.expected}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                )
              }
            </Loaded>
          </section>
        </div>
        <aside className="count-side">{inHand === null ? <p className="muted">{t('count.pick')}</p> : <CountPanel key={inHand.id} id={inHand.id} places={places} />}</aside>
      </div>
    </div>
  );
}
